// SRMSNorm, alone and with the output gate of a token mixer; forward and backward.
//
// Source: TransNormerLLM, arXiv 2307.14995, and its released code (eps inside the root). Per row of C columns:
//   norm       y = x r,  r = (mean(x^2) + eps)^(-1/2)          dx = r (dy - y mean(dy y))
//   gated      z = u y,  y = o r                               dU = dz y,  dO = r (dz u - y mean(dz u y))
// Statistics in fp32 whatever the matrices are. Launch: a block a row (rows.cuh). Bytes: each matrix once from memory;
// the second look at a row finds it in the cache.
#include "gated_norm.cuh"

namespace {

template <class X>
__device__ float factor(const X* x, int columns, bool wide, float eps) {
  float sum = 0;
  forColumns(columns, wide, [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, x + j);
    for (float v : a) sum = fmaf(v, v, sum);
  });
  return inverseRoot(sumOfBlock(sum), columns, eps);
}

// y, r overwritten.
template <class Y, class X>
__device__ void forward(Y* y, int yStride, float* r, const X* x, int xStride, int columns, float eps) {
  long long n = blockIdx.x;
  x += n * xStride;
  y += n * yStride;
  bool wide = isWide(x, xStride) && isWide(y, yStride);
  float scale = factor(x, columns, wide, eps);
  if (threadIdx.x == 0) r[n] = scale;
  forColumns(columns, wide, [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, x + j);
    for (float& v : a) v *= scale;
    store(y + j, a);
  });
}

// dx overwritten, or added to.
template <class T>
__device__ void backward(T* dx, int dxStride, const T* dy, int dyStride, const T* y, int yStride, const float* r,
                         int columns, int accumulate) {
  long long n = blockIdx.x;
  dx += n * dxStride;
  dy += n * dyStride;
  y += n * yStride;
  bool wide = isWide(dx, dxStride) && isWide(dy, dyStride) && isWide(y, yStride);
  float sum = 0;
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float a[N], b[N];
    load(a, dy + j);
    load(b, y + j);
    for (int i = 0; i < N; i++) sum = fmaf(a[i], b[i], sum);
  });
  float mean = sumOfBlock(sum) / float(columns);
  float scale = r[n];
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float a[N], b[N], before[N];
    load(a, dy + j);
    load(b, y + j);
    for (int i = 0; i < N; i++) a[i] = fmaf(b[i], -mean, a[i]) * scale;
    if (accumulate) {
      load(before, dx + j);
      for (int i = 0; i < N; i++) a[i] += before[i];
    }
    store(dx + j, a);
  });
}

// z, r overwritten.
template <class T>
__device__ void gatedForward(T* z, int zStride, float* r, const T* o, int oStride, const T* u, int uStride,
                             int columns, float eps) {
  long long n = blockIdx.x;
  z += n * zStride;
  o += n * oStride;
  u += n * uStride;
  bool wide = isWide(z, zStride) && isWide(o, oStride) && isWide(u, uStride);
  float scale = factor(o, columns, wide, eps);
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

// dO, dU overwritten.
template <class T>
__device__ void gatedBackward(T* dO, int dOStride, T* dU, int dUStride, const T* dz, int dzStride, const T* o,
                              int oStride, const T* u, int uStride, const float* r, int columns) {
  long long n = blockIdx.x;
  dO += n * dOStride;
  dU += n * dUStride;
  dz += n * dzStride;
  o += n * oStride;
  u += n * uStride;
  bool wide = isWide(dO, dOStride) && isWide(dU, dUStride) && isWide(dz, dzStride) && isWide(o, oStride) &&
              isWide(u, uStride);
  float scale = r[n];
  float mean = sumOfBlock(gatedProducts(dz, o, u, scale, columns, wide)) / float(columns);
  gatedGradients(dO, dU, dz, o, u, scale, mean, columns, wide);
}

}  // namespace

#define FORWARD(name, Y, X)                                                                                  \
  extern "C" __global__ void name(Y* y, int yStride, float* r, const X* x, int xStride, int columns, float eps) { \
    forward(y, yStride, r, x, xStride, columns, eps);                                                        \
  }                                                                                                          \
  KERNEL(name)

FORWARD(norm_f32_f32, float, float);
FORWARD(norm_bf16_f32, bf16, float);
FORWARD(norm_bf16_bf16, bf16, bf16);

#define NORMS(suffix, T)                                                                                        \
  extern "C" __global__ void norm_backward_##suffix(T* dx, int dxStride, const T* dy, int dyStride, const T* y, \
                                                    int yStride, const float* r, int columns, int accumulate) { \
    backward(dx, dxStride, dy, dyStride, y, yStride, r, columns, accumulate);                                   \
  }                                                                                                             \
  KERNEL(norm_backward_##suffix);                                                                               \
  extern "C" __global__ void gated_norm_##suffix(T* z, int zStride, float* r, const T* o, int oStride,          \
                                                 const T* u, int uStride, int columns, float eps) {             \
    gatedForward(z, zStride, r, o, oStride, u, uStride, columns, eps);                                          \
  }                                                                                                             \
  KERNEL(gated_norm_##suffix);                                                                                  \
  extern "C" __global__ void gated_norm_backward_##suffix(T* dO, int dOStride, T* dU, int dUStride, const T* dz, \
                                                          int dzStride, const T* o, int oStride, const T* u,    \
                                                          int uStride, const float* r, int columns) {           \
    gatedBackward(dO, dOStride, dU, dUStride, dz, dzStride, o, oStride, u, uStride, r, columns);                \
  }                                                                                                             \
  KERNEL(gated_norm_backward_##suffix)

NORMS(f32, float);
NORMS(bf16, bf16);
