// Rows of a table by token, and the gradient of the table.
//
//   forward    x[n] = scale table[tokens[n]]                                     x overwritten
//   backward   dTable[t] += scale (dx[n1] + dx[n2] + ...), n1 < n2 < ... the rows of token t
//
// The gradient needs no atomics: the host sorts the rows by token (stably), and a block has one token's rows, in order.
// Launch: a block a row (rows.cuh); backward: grid (most tokens there can be, ceil(columns / threads)); blocks beyond
// the number of different tokens leave at once.
#include "rows.cuh"

namespace {

constexpr int AHEAD = 8;  // loads under way at a time

template <class X, class T>
__device__ void forward(X* x, int xStride, const T* table, int tableStride, const int* tokens, int columns,
                        float scale) {
  long long n = blockIdx.x;
  x += n * xStride;
  table += (long long)tokens[n] * tableStride;
  forColumns(columns, isWide(x, xStride) && isWide(table, tableStride), [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, table + j);
    for (float& v : a) v *= scale;
    store(x + j, a);
  });
}

// order: all rows, sorted by token; begins[i]: where the i-th token's rows begin in it, begins[*count] their end.
template <class T>
__device__ void backward(float* dTable, int tableStride, const T* dx, int dxStride, const int* tokens,
                         const int* order, const int* begins, const int* count, int columns, float scale,
                         int padToken) {
  int j = blockIdx.y * blockDim.x + threadIdx.x;
  if (blockIdx.x >= unsigned(*count) || j >= columns) return;
  int from = begins[blockIdx.x];
  int end = begins[blockIdx.x + 1];
  int token = tokens[order[from]];
  if (token == padToken) return;
  float sum = 0;
  for (int i = from; i < end; i += AHEAD) {
    float a[AHEAD];
#pragma unroll
    for (int k = 0; k < AHEAD; k++) {
      a[k] = i + k < end ? toFloat(dx[(long long)order[i + k] * dxStride + j]) : 0.f;
    }
#pragma unroll
    for (int k = 0; k < AHEAD; k++) sum += a[k];
  }
  dTable[(long long)token * tableStride + j] += scale * sum;
}

}  // namespace

#define FORWARD(name, X, T)                                                                                  \
  extern "C" __global__ void name(X* x, int xStride, const T* table, int tableStride, const int* tokens,     \
                                  int columns, float scale) {                                                \
    forward(x, xStride, table, tableStride, tokens, columns, scale);                                         \
  }                                                                                                          \
  KERNEL(name)

FORWARD(embedding_f32_f32, float, float);
FORWARD(embedding_f32_bf16, float, bf16);
FORWARD(embedding_bf16_bf16, bf16, bf16);

#define BACKWARD(name, T)                                                                                       \
  extern "C" __global__ void name(float* dTable, int tableStride, const T* dx, int dxStride, const int* tokens, \
                                  const int* order, const int* begins, const int* count, int columns, float scale, \
                                  int padToken) {                                                               \
    backward(dTable, tableStride, dx, dxStride, tokens, order, begins, count, columns, scale, padToken);        \
  }                                                                                                             \
  KERNEL(name)

BACKWARD(embedding_backward_f32, float);
BACKWARD(embedding_backward_bf16, bf16);
