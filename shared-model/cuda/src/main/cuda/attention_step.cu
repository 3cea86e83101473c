// One position of each of M sequences: S <- lambda S + k v^T, o = q S, in one pass over the state.
//
// Source: arXiv 2307.14995, recurrence; in the form S + (k v^T - (1 - lambda) S), see attention_f32.cu. Shapes: states
// M pointers to [H, keyWidth, valueWidth] fp32, read and overwritten; q, k [M, H keyWidth]; v, o [M, H valueWidth], o
// overwritten. An activation is on q and k, and on v with activeValues; its results are rounded as if they were stored.
// Launch: 8 COLUMNS threads, grid (M H, ceil(valueWidth / COLUMNS)), no dynamic shared memory; keyWidth at
// most 256. A block has COLUMNS columns of a head's state, 32 rows at once: 32 for few sequences, so that there are
// blocks enough, 64 for many: longer stretches of rows, and still two blocks a processor. The sum over rows runs in the
// same order in both, so a sequence's bits do not depend on its neighbours.
//
// Bytes: the state once in, once out; at 128 x 128 a head 128 KiB and 96 KFLOP. Bound by memory.
#include "activation.cuh"
#include "attention.cuh"

namespace {

constexpr int ROWS = 32;
constexpr int MAX_KEYS = 256;

template <class T>
__device__ __forceinline__ float activatedAs(T x, int activation) {
  return toFloat(fromFloat<T>(activated(toFloat(x), activation)));
}

template <class T, int COLUMNS>
__device__ void step(T* o, int oStride, float* const* states, const T* q, int qStride, const T* k, int kStride,
                     const T* v, int vStride, const float* rates, int heads, int keyWidth, int valueWidth, int activation,
                     int activeValues) {
  __shared__ float queries[MAX_KEYS];
  __shared__ float keys[MAX_KEYS];
  __shared__ float sums[ROWS][COLUMNS + 1];
  const int m = blockIdx.x / heads;
  const int h = blockIdx.x % heads;
  const int row = threadIdx.x / (COLUMNS / 4);
  const int column = blockIdx.y * COLUMNS + threadIdx.x % (COLUMNS / 4) * 4;
  float* state = states[m] + (long long)h * keyWidth * valueWidth;
  const bool whole = valueWidth % 4 == 0 && reinterpret_cast<uintptr_t>(state) % 16 == 0;
  const float forget = -expm1f(-rates[h]);

  // All of the state's loads are under way before the first is needed.
  float s[MAX_KEYS / ROWS][4];
#pragma unroll
  for (int n = 0; n < MAX_KEYS / ROWS; n++) {
    int i = row + n * ROWS;
    if (n * ROWS >= keyWidth) break;
    const float* from = state + (long long)i * valueWidth + column;
    if (i < keyWidth && whole && column < valueWidth) {
      float4 four = *reinterpret_cast<const float4*>(from);
      s[n][0] = four.x, s[n][1] = four.y, s[n][2] = four.z, s[n][3] = four.w;
    } else {
#pragma unroll
      for (int c = 0; c < 4; c++) s[n][c] = i < keyWidth && column + c < valueWidth ? from[c] : 0.f;
    }
  }
  letNextKernelBegin();
  waitForEarlierKernels();
  if (threadIdx.x < keyWidth) {
    long long at = threadIdx.x + h * keyWidth;
    queries[threadIdx.x] = activatedAs(q[(long long)m * qStride + at], activation);
    keys[threadIdx.x] = activatedAs(k[(long long)m * kStride + at], activation);
  }
  float value[4];
#pragma unroll
  for (int c = 0; c < 4; c++) {
    const T* at = v + (long long)m * vStride + h * valueWidth + column + c;
    value[c] = column + c < valueWidth ? activatedAs(*at, activeValues ? activation : IDENTITY) : 0.f;
  }
  __syncthreads();

  float sum[4] = {0, 0, 0, 0};
#pragma unroll
  for (int n = 0; n < MAX_KEYS / ROWS; n++) {
    int i = row + n * ROWS;
    if (n * ROWS >= keyWidth) break;
    if (i >= keyWidth) continue;
#pragma unroll
    for (int c = 0; c < 4; c++) {
      s[n][c] = s[n][c] + fmaf(keys[i], value[c], -forget * s[n][c]);
      sum[c] = fmaf(queries[i], s[n][c], sum[c]);
    }
    float* to = state + (long long)i * valueWidth + column;
    if (whole && column < valueWidth) {
      *reinterpret_cast<float4*>(to) = make_float4(s[n][0], s[n][1], s[n][2], s[n][3]);
    } else {
#pragma unroll
      for (int c = 0; c < 4; c++) {
        if (column + c < valueWidth) to[c] = s[n][c];
      }
    }
  }
#pragma unroll
  for (int c = 0; c < 4; c++) sums[row][threadIdx.x % (COLUMNS / 4) * 4 + c] = sum[c];
  __syncthreads();
  int j = blockIdx.y * COLUMNS + threadIdx.x;
  if (threadIdx.x < COLUMNS && j < valueWidth) {
    float total = 0;
#pragma unroll
    for (int n = 0; n < ROWS; n++) total += sums[n][threadIdx.x];
    o[(long long)m * oStride + h * valueWidth + j] = fromFloat<T>(total);
  }
}

}  // namespace

#define STEP(name, T, COLUMNS)                                                                                     \
  extern "C" __global__ void __launch_bounds__(8 * COLUMNS)                                                        \
      name(T* o, int oStride, float* const* states, const T* q, int qStride, const T* k, int kStride, const T* v,  \
           int vStride, const float* rates, int heads, int keyWidth, int valueWidth, int activation,               \
           int activeValues) {                                                                                     \
    step<T, COLUMNS>(o, oStride, states, q, qStride, k, kStride, v, vStride, rates, heads, keyWidth, valueWidth,   \
                     activation, activeValues);                                                                    \
  }                                                                                                                \
  KERNEL(name)

STEP(attention_step_f32_32, float, 32);
STEP(attention_step_f32_64, float, 64);
STEP(attention_step_bf16_32, bf16, 32);
STEP(attention_step_bf16_64, bf16, 64);
