// The norm and gate of a token mixer whose columns lie on several devices: what one of them does before and after the sums
// of all rows were added up. Formulas as gated in norm.cu, with C the columns of all devices together:
//   squares    s = sum(o^2)                     forward    r = (s / C + eps)^(-1/2), z = u o r
//   products   s = sum(dz u o r)                backward   dU = dz o r, dO = r (dz u - o r s / C)
// Sums in fp32 whatever the matrices are. Launch: a block a row (rows.cuh). Bytes: each matrix once.
#include "gated_norm.cuh"

namespace {

// s overwritten.
template <class T>
__device__ void squares(float* s, const T* o, int oStride, int columns) {
  long long n = blockIdx.x;
  o += n * oStride;
  bool wide = isWide(o, oStride);
  float sum = 0;
  forColumns(columns, wide, [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, o + j);
    for (float v : a) sum = fmaf(v, v, sum);
  });
  sum = sumOfBlock(sum);
  if (threadIdx.x == 0) s[n] = sum;
}

// z overwritten; r read as s, and overwritten.
template <class T>
__device__ void forward(T* z, int zStride, float* r, const T* o, int oStride, const T* u, int uStride, int columns,
                        int allColumns, float eps) {
  long long n = blockIdx.x;
  z += n * zStride;
  o += n * oStride;
  u += n * uStride;
  bool wide = isWide(z, zStride) && isWide(o, oStride) && isWide(u, uStride);
  float scale = 1.f / sqrtf(r[n] / float(allColumns) + eps);
  __syncthreads();
  if (threadIdx.x == 0) r[n] = scale;
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float a[N], b[N];
    load(a, o + j);
    load(b, u + j);
    for (int i = 0; i < N; i++) a[i] = a[i] * scale * b[i];
    store(z + j, a);
  });
}

// s overwritten.
template <class T>
__device__ void products(float* s, const T* dz, int dzStride, const T* o, int oStride, const T* u, int uStride,
                         const float* r, int columns) {
  long long n = blockIdx.x;
  dz += n * dzStride;
  o += n * oStride;
  u += n * uStride;
  bool wide = isWide(dz, dzStride) && isWide(o, oStride) && isWide(u, uStride);
  float scale = r[n];
  float sum = sumOfBlock(gatedProducts(dz, o, u, scale, columns, wide));
  if (threadIdx.x == 0) s[n] = sum;
}

// dO, dU overwritten.
template <class T>
__device__ void backward(T* dO, int dOStride, T* dU, int dUStride, const T* dz, int dzStride, const T* o, int oStride,
                         const T* u, int uStride, const float* r, const float* s, int columns, int allColumns) {
  long long n = blockIdx.x;
  dO += n * dOStride;
  dU += n * dUStride;
  dz += n * dzStride;
  o += n * oStride;
  u += n * uStride;
  bool wide = isWide(dO, dOStride) && isWide(dU, dUStride) && isWide(dz, dzStride) && isWide(o, oStride) &&
              isWide(u, uStride);
  float scale = r[n];
  float mean = s[n] / float(allColumns);
  gatedGradients(dO, dU, dz, o, u, scale, mean, columns, wide);
}

}  // namespace

#define SPLIT_NORMS(suffix, T)                                                                                        \
  extern "C" __global__ void split_squares_##suffix(float* s, const T* o, int oStride, int columns) {                 \
    squares(s, o, oStride, columns);                                                                                  \
  }                                                                                                                   \
  KERNEL(split_squares_##suffix);                                                                                     \
  extern "C" __global__ void split_gated_norm_##suffix(T* z, int zStride, float* r, const T* o, int oStride,          \
                                                       const T* u, int uStride, int columns, int allColumns,          \
                                                       float eps) {                                                   \
    forward(z, zStride, r, o, oStride, u, uStride, columns, allColumns, eps);                                         \
  }                                                                                                                   \
  KERNEL(split_gated_norm_##suffix);                                                                                  \
  extern "C" __global__ void split_products_##suffix(float* s, const T* dz, int dzStride, const T* o, int oStride,    \
                                                     const T* u, int uStride, const float* r, int columns) {          \
    products(s, dz, dzStride, o, oStride, u, uStride, r, columns);                                                    \
  }                                                                                                                   \
  KERNEL(split_products_##suffix);                                                                                    \
  extern "C" __global__ void split_gated_norm_backward_##suffix(                                                      \
      T* dO, int dOStride, T* dU, int dUStride, const T* dz, int dzStride, const T* o, int oStride, const T* u,       \
      int uStride, const float* r, const float* s, int columns, int allColumns) {                                     \
    backward(dO, dOStride, dU, dUStride, dz, dzStride, o, oStride, u, uStride, r, s, columns, allColumns);            \
  }                                                                                                                   \
  KERNEL(split_gated_norm_backward_##suffix)

SPLIT_NORMS(f32, float);
SPLIT_NORMS(bf16, bf16);
