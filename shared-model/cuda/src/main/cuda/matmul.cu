// Products. cuBLAS does the large ones on a card; these are for few rows, where a product is read from memory once, and
// for emulation.
//
// product: c (+)= a b with a [m, k], b [k, n] of any strides, a thread an element of c, summed in order of k in fp32.
//   Launch: grid (ceil(n / threads), m).
//
// few_rows: y (+)= x w^T with x [M, I], w [O, I] dense, for the rows of a decoding step. w is read once for 64 rows.
//   An element's sum runs over I in an order that depends on I alone, so that a row's bits do not depend on the other
//   rows. Tensor cores: w is the left operand (16 of its rows), x the right one (8 of its rows). A lane loads 16 bytes of
//   a row at a time; which k a register holds does not matter as long as both operands agree.
//   Launch: 256 threads, grid (ceil(O / 16), ceil(M / (8 GROUPS))); a block's eight warps share 16 outputs and divide
//   I among them. I a multiple of 8, rows 16-byte aligned. Bound by memory while M is small.
#include "rows.cuh"

namespace {

template <class C, class T>
__device__ void product(C* c, int cStride, const T* a, int aRow, int aColumn, const T* b, int bRow, int bColumn, int n,
                        int k, int accumulate) {
  int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= n) return;
  long long i = blockIdx.y;
  a += i * aRow;
  b += (long long)j * bColumn;
  float sum = 0;
  for (int l = 0; l < k; l++) sum = fmaf(toFloat(a[(long long)l * aColumn]), toFloat(b[(long long)l * bRow]), sum);
  C* at = c + i * cStride + j;
  *at = fromFloat<C>(accumulate ? toFloat(*at) + sum : sum);
}

constexpr int WARPS = 8;
constexpr int OUTPUTS = 16;
constexpr int STEP = 32;  // of I, a warp at a time

__device__ __forceinline__ uint4 piece(const bf16* row, int at, int width, bool real) {
  return real && at < width ? *reinterpret_cast<const uint4*>(row + at) : make_uint4(0, 0, 0, 0);
}

template <int GROUPS, class Y>
__device__ void fewRows(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width,
                        int accumulate) {
  __shared__ float sums[WARPS][OUTPUTS][GROUPS * 8 + 1];
  const int warp = threadIdx.x / 32;
  const int lane = threadIdx.x % 32;
  const int g = lane / 4;
  const int t = lane % 4;
  const int output = blockIdx.x * OUTPUTS;
  const int first = blockIdx.y * GROUPS * 8;
  const bf16* upper = w + (long long)(output + g) * width;
  const bf16* lower = upper + 8ll * width;
  const bool upperReal = output + g < outputs;
  const bool lowerReal = output + g + 8 < outputs;
  float c[GROUPS][4] = {};
  const int share = (width + WARPS * STEP - 1) / (WARPS * STEP) * STEP;
  const int end = min(width, (warp + 1) * share);
#pragma unroll 4
  for (int k = warp * share; k < end; k += STEP) {
    uint4 p = piece(upper, k + 8 * t, end, upperReal);
    uint4 q = piece(lower, k + 8 * t, end, lowerReal);
    uint32_t a[2][4] = {{p.x, q.x, p.y, q.y}, {p.z, q.z, p.w, q.w}};
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      int row = first + 8 * n + g;
      uint4 b = piece(x + (long long)row * xStride, k + 8 * t, end, row < rows);
      uint32_t low[2] = {b.x, b.y};
      uint32_t high[2] = {b.z, b.w};
      mmaBf16(c[n], a[0], low);
      mmaBf16(c[n], a[1], high);
    }
  }
#pragma unroll
  for (int n = 0; n < GROUPS; n++) {
#pragma unroll
    for (int i = 0; i < 4; i++) sums[warp][g + 8 * (i / 2)][8 * n + 2 * t + i % 2] = c[n][i];
  }
  __syncthreads();
  for (int n = threadIdx.x; n < OUTPUTS * GROUPS * 8; n += WARPS * 32) {
    int j = n % OUTPUTS;
    int row = first + n / OUTPUTS;
    if (row >= rows || output + j >= outputs) continue;
    float sum = 0;
#pragma unroll
    for (int part = 0; part < WARPS; part++) sum += sums[part][j][n / OUTPUTS];
    Y* at = y + (long long)row * yStride + output + j;
    *at = fromFloat<Y>(accumulate ? toFloat(*at) + sum : sum);
  }
}

}  // namespace

#define PRODUCT(name, C, T)                                                                                        \
  extern "C" __global__ void name(C* c, int cStride, const T* a, int aRow, int aColumn, const T* b, int bRow,      \
                                  int bColumn, int n, int k, int accumulate) {                                     \
    product(c, cStride, a, aRow, aColumn, b, bRow, bColumn, n, k, accumulate);                                     \
  }                                                                                                                \
  KERNEL(name)

PRODUCT(product_f32_f32, float, float);
PRODUCT(product_f32_bf16, float, bf16);
PRODUCT(product_bf16_bf16, bf16, bf16);

#define FEW_ROWS(name, GROUPS, Y)                                                                                  \
  extern "C" __global__ void __launch_bounds__(256)                                                                \
      name(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width,         \
           int accumulate) {                                                                                       \
    fewRows<GROUPS>(y, yStride, x, xStride, w, rows, outputs, width, accumulate);                                  \
  }                                                                                                                \
  KERNEL(name)

FEW_ROWS(few_rows_1_f32, 1, float);
FEW_ROWS(few_rows_1_bf16, 1, bf16);
FEW_ROWS(few_rows_2_f32, 2, float);
FEW_ROWS(few_rows_2_bf16, 2, bf16);
FEW_ROWS(few_rows_4_f32, 4, float);
FEW_ROWS(few_rows_4_bf16, 4, bf16);
FEW_ROWS(few_rows_8_f32, 8, float);
FEW_ROWS(few_rows_8_bf16, 8, bf16);
