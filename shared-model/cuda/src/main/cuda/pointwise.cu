// Activations and the product of SGLU (y = W3 ((W1 x) (W2 x)), arXiv 2307.14995, eq. 12), forward and backward.
//
// Activations are those of the released code, numbered as org.transnormer.model.backend.Activation; "exp" is
// e^(x - m) with m the largest x of a group of columns, and no gradient flows through m. Outputs are overwritten; dx may
// be dy. Launch: a block a row (rows.cuh); exp: grid (groups of a row, rows). Bound by memory.
#include "activation.cuh"
#include "rows.cuh"

namespace {

constexpr float DENSITY_AT_ZERO = 0.39894228f;  // of the normal distribution

__device__ __forceinline__ float slope(float x, int activation) {
  switch (activation) {
    case SILU: {
      float s = sigmoid(x);
      return s * (1 + x * (1 - s));
    }
    case GELU: return 0.5f * (1 + erff(x * ROOT_HALF)) + x * DENSITY_AT_ZERO * expf(-0.5f * x * x);
    case RELU: return x > 0 ? 1.f : 0.f;
    case LEAKY_RELU: return x > 0 ? 1.f : LEAK;
    case SIGMOID: {
      float s = sigmoid(x);
      return s * (1 - s);
    }
    case ELU:
    case ONE_PLUS_ELU:
    case TWO_PLUS_ELU: return x > 0 ? 1.f : expf(x);
    case SINE: return cosf(x);
    default: return 1;
  }
}

template <class T>
__device__ void forward(T* y, int yStride, const T* x, int xStride, int columns, int activation) {
  long long n = blockIdx.x;
  y += n * yStride;
  x += n * xStride;
  forColumns(columns, isWide(y, yStride) && isWide(x, xStride), [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, x + j);
    for (float& v : a) v = activated(v, activation);
    store(y + j, a);
  });
}

template <class T>
__device__ void backward(T* dx, int dxStride, const T* dy, int dyStride, const T* x, int xStride, int columns,
                         int activation) {
  long long n = blockIdx.x;
  dx += n * dxStride;
  dy += n * dyStride;
  x += n * xStride;
  bool wide = isWide(dx, dxStride) && isWide(dy, dyStride) && isWide(x, xStride);
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float a[N], g[N];
    load(a, x + j);
    load(g, dy + j);
    for (int i = 0; i < N; i++) g[i] *= slope(a[i], activation);
    store(dx + j, g);
  });
}

template <class T>
__device__ float largestOfGroup(const T* x, int group) {
  float largest = -INFINITY;
  for (int j = threadIdx.x; j < group; j += blockDim.x) largest = fmaxf(largest, toFloat(x[j]));
  return maxOfBlock(largest);
}

template <class T>
__device__ void exponential(T* y, int yStride, const T* dy, int dyStride, const T* x, int xStride, int group) {
  long long n = blockIdx.y;
  int from = blockIdx.x * group;
  y += n * yStride + from;
  x += n * xStride + from;
  float largest = largestOfGroup(x, group);
  for (int j = threadIdx.x; j < group; j += blockDim.x) {
    float e = expf(toFloat(x[j]) - largest);
    y[j] = fromFloat<T>(dy == nullptr ? e : e * toFloat(dy[n * dyStride + from + j]));
  }
}

template <class T>
__device__ void multiply(T* h, int hStride, const T* a, int aStride, const T* b, int bStride, int columns) {
  long long n = blockIdx.x;
  h += n * hStride;
  a += n * aStride;
  b += n * bStride;
  bool wide = isWide(h, hStride) && isWide(a, aStride) && isWide(b, bStride);
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float x[N], y[N];
    load(x, a + j);
    load(y, b + j);
    for (int i = 0; i < N; i++) x[i] *= y[i];
    store(h + j, x);
  });
}

template <class T>
__device__ void multiplyBackward(T* da, int daStride, T* db, int dbStride, const T* dh, int dhStride, const T* a,
                                 int aStride, const T* b, int bStride, int columns) {
  long long n = blockIdx.x;
  da += n * daStride;
  db += n * dbStride;
  dh += n * dhStride;
  a += n * aStride;
  b += n * bStride;
  bool wide = isWide(da, daStride) && isWide(db, dbStride) && isWide(dh, dhStride) && isWide(a, aStride) &&
              isWide(b, bStride);
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float g[N], x[N], y[N];
    load(g, dh + j);
    load(x, a + j);
    load(y, b + j);
    for (int i = 0; i < N; i++) {
      x[i] *= g[i];
      y[i] *= g[i];
    }
    store(da + j, y);
    store(db + j, x);
  });
}

}  // namespace

#define POINTWISE(suffix, T)                                                                                         \
  extern "C" __global__ void activate_##suffix(T* y, int yStride, const T* x, int xStride, int columns,              \
                                               int activation) {                                                     \
    forward(y, yStride, x, xStride, columns, activation);                                                            \
  }                                                                                                                  \
  KERNEL(activate_##suffix);                                                                                         \
  extern "C" __global__ void activate_backward_##suffix(T* dx, int dxStride, const T* dy, int dyStride, const T* x,  \
                                                        int xStride, int columns, int activation) {                  \
    backward(dx, dxStride, dy, dyStride, x, xStride, columns, activation);                                           \
  }                                                                                                                  \
  KERNEL(activate_backward_##suffix);                                                                                \
  extern "C" __global__ void exponential_##suffix(T* y, int yStride, const T* dy, int dyStride, const T* x,          \
                                                  int xStride, int group) {                                          \
    exponential(y, yStride, dy, dyStride, x, xStride, group);                                                        \
  }                                                                                                                  \
  KERNEL(exponential_##suffix);                                                                                      \
  extern "C" __global__ void multiply_##suffix(T* h, int hStride, const T* a, int aStride, const T* b, int bStride,  \
                                               int columns) {                                                        \
    multiply(h, hStride, a, aStride, b, bStride, columns);                                                           \
  }                                                                                                                  \
  KERNEL(multiply_##suffix);                                                                                         \
  extern "C" __global__ void multiply_backward_##suffix(T* da, int daStride, T* db, int dbStride, const T* dh,       \
                                                        int dhStride, const T* a, int aStride, const T* b,           \
                                                        int bStride, int columns) {                                  \
    multiplyBackward(da, daStride, db, dbStride, dh, dhStride, a, aStride, b, bStride, columns);                     \
  }                                                                                                                  \
  KERNEL(multiply_backward_##suffix)

POINTWISE(f32, float);
POINTWISE(bf16, bf16);
