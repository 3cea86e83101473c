// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101) on fp32 parameters and moments, leaving a
// bf16 copy for products; and the sum of squares of a gradient.
//
//   g <- gradientScale g,  m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2
//   w <- (1 - lr decay) w - stepSize m / (sqrt(v) rootOfCorrection + eps)
//
// Launch: adamw: grid (ceil(n / (4 threads))). sum_of_squares: grid (parts), any number of threads; part p sums the
// elements from p n / parts on, each thread in fp64 a fixed set of them; sum_of_parts: one block of 32 threads. So equal
// numbers give equal bits. Bytes of adamw: 28 read and written an element, and 2 for the copy.
#include "rows.cuh"

namespace {

template <int N>
__device__ __forceinline__ void update(float* w, float* m, float* v, const float* g, bf16* rounded, long long i,
                                       float gradientScale, float keepM, float takeM, float keepV, float takeV,
                                       float shrink, float stepSize, float rootOfCorrection, float eps) {
  float a[N], b[N], c[N], d[N];
  load(a, w + i);
  load(b, m + i);
  load(c, v + i);
  load(d, g + i);
#pragma unroll
  for (int k = 0; k < N; k++) {
    d[k] *= gradientScale;
    b[k] = b[k] * keepM + d[k] * takeM;
    c[k] = c[k] * keepV + d[k] * d[k] * takeV;
    a[k] = a[k] * shrink - b[k] * stepSize / (sqrtf(c[k]) * rootOfCorrection + eps);
  }
  store(w + i, a);
  store(m + i, b);
  store(v + i, c);
  if (rounded != nullptr) store(rounded + i, a);
}

constexpr int PER_THREAD = 4;

}  // namespace

extern "C" __global__ void adamw(float* w, float* m, float* v, const float* g, bf16* rounded, long long n,
                                 float gradientScale, float keepM, float takeM, float keepV, float takeV, float shrink,
                                 float stepSize, float rootOfCorrection, float eps) {
  long long i = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * PER_THREAD;
  bool whole = (reinterpret_cast<uintptr_t>(w) | reinterpret_cast<uintptr_t>(m) | reinterpret_cast<uintptr_t>(v) |
                reinterpret_cast<uintptr_t>(g) | 2 * reinterpret_cast<uintptr_t>(rounded)) %
                   16 ==
               0;
  if (whole && i + PER_THREAD <= n) {
    update<PER_THREAD>(w, m, v, g, rounded, i, gradientScale, keepM, takeM, keepV, takeV, shrink, stepSize,
                       rootOfCorrection, eps);
  } else {
    for (long long k = i; k < i + PER_THREAD && k < n; k++) {
      update<1>(w, m, v, g, rounded, k, gradientScale, keepM, takeM, keepV, takeV, shrink, stepSize, rootOfCorrection,
                eps);
    }
  }
}
KERNEL(adamw);

namespace {

__device__ __forceinline__ double sumOfBlock(double x, double* sums) {
#pragma unroll
  for (int bit = 16; bit > 0; bit /= 2) x += __shfl_xor_sync(ALL_LANES, x, bit);
  if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = x;
  __syncthreads();
  double sum = 0;
  for (unsigned warp = 0; warp < blockDim.x / 32; warp++) sum += sums[warp];
  __syncthreads();
  return sum;
}

}  // namespace

// partial [parts] overwritten.
extern "C" __global__ void sum_of_squares(double* partial, const float* x, long long n) {
  __shared__ double sums[32];
  long long from = n / gridDim.x * blockIdx.x;
  long long end = blockIdx.x == gridDim.x - 1 ? n : from + n / gridDim.x;
  double sum = 0;
  for (long long i = from + threadIdx.x; i < end; i += 4 * blockDim.x) {
    float four = 0;
#pragma unroll
    for (int k = 0; k < 4; k++) {
      long long at = i + (long long)k * blockDim.x;
      float a = at < end ? x[at] : 0.f;
      four = fmaf(a, a, four);
    }
    sum += four;
  }
  sum = sumOfBlock(sum, sums);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}
KERNEL(sum_of_squares);

// sum [1] overwritten.
extern "C" __global__ void sum_of_parts(double* sum, const double* partial, int parts) {
  __shared__ double sums[32];
  double mine = 0;
  for (int i = threadIdx.x; i < parts; i += blockDim.x) mine += partial[i];
  mine = sumOfBlock(mine, sums);
  if (threadIdx.x == 0) *sum = mine;
}
KERNEL(sum_of_parts);
