// LRPE: at position p a head's x becomes [x cos(p theta); x sin(p theta)], twice as wide.
//
// Source: TransNormerLLM, arXiv 2307.14995, and its released code. Gradients, with dy = [dy1; dy2]:
//   dx = dy1 cos + dy2 sin          dtheta += sum over rows of p x (dy2 cos - dy1 sin)
// Phases are formed in double, or rounded to bf16 step by step as the released code does in bf16. Angles [P, H e] fp32;
// row n of x uses row n mod P. Launch: a block a row (rows.cuh) where nothing else is said. dtheta is summed in two
// steps of fixed order: lrpe_backward leaves a row of partial sums for ROWS rows each, sum_columns adds them up.
#include "rows.cuh"

namespace {

constexpr int ROWS = 64;

__device__ __forceinline__ float rounded(float x) { return toFloat(fromFloat<bf16>(x)); }

template <class T>
__device__ void forward(T* y, int yStride, const T* x, int xStride, const float* cosines, int cStride,
                        const float* sines, int sStride, int period, int width, int columns) {
  long long n = blockIdx.x;
  int p = int(n % period);
  for (int j = threadIdx.x; j < columns; j += blockDim.x) {
    float v = toFloat(x[n * xStride + j]);
    long long at = n * yStride + j / width * 2 * width + j % width;
    y[at] = fromFloat<T>(v * cosines[(long long)p * cStride + j]);
    y[at + width] = fromFloat<T>(v * sines[(long long)p * sStride + j]);
  }
}

// Grid (ceil(columns / threads), ceil(rows / ROWS)). dx, partial [ceil(rows / ROWS), columns] overwritten.
template <class T>
__device__ void backward(T* dx, int dxStride, float* partial, const T* dy, int dyStride, const T* x, int xStride,
                         const float* cosines, int cStride, const float* sines, int sStride, const long long* positions,
                         int period, int width, int columns, int rows) {
  int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= columns) return;
  int wide = j / width * 2 * width + j % width;
  int end = min(rows, int(blockIdx.y + 1) * ROWS);
  float sum = 0;
  for (long long n = blockIdx.y * ROWS; n < end; n++) {
    int p = int(n % period);
    float c = cosines[(long long)p * cStride + j];
    float s = sines[(long long)p * sStride + j];
    float dy1 = toFloat(dy[n * dyStride + wide]);
    float dy2 = toFloat(dy[n * dyStride + wide + width]);
    float px = toFloat(x[n * xStride + j]) * float(positions[p]);
    dx[n * dxStride + j] = fromFloat<T>(dy1 * c + dy2 * s);
    sum = fmaf(px, dy2 * c - dy1 * s, sum);
  }
  partial[(long long)blockIdx.y * columns + j] = sum;
}

}  // namespace

// cosines, sines [P, columns] overwritten; theta [columns].
extern "C" __global__ void lrpe_angles(float* cosines, int cStride, float* sines, int sStride, const float* theta,
                                       const long long* positions, int columns, int bf16Phases) {
  long long n = blockIdx.x;
  for (int j = threadIdx.x; j < columns; j += blockDim.x) {
    float c, s;
    if (bf16Phases) {
      float phase = rounded(rounded(float(positions[n])) * rounded(theta[j]));
      c = rounded(float(cos(double(phase))));
      s = rounded(float(sin(double(phase))));
    } else {
      double phase = double(positions[n]) * double(theta[j]);
      c = float(cos(phase));
      s = float(sin(phase));
    }
    cosines[n * cStride + j] = c;
    sines[n * sStride + j] = s;
  }
}
KERNEL(lrpe_angles);

// sums[j] += partial[0][j] + partial[1][j] + ..., in this order. Grid (ceil(columns / threads)).
extern "C" __global__ void sum_columns(float* sums, const float* partial, int rows, int columns) {
  int j = blockIdx.x * blockDim.x + threadIdx.x;
  if (j >= columns) return;
  float sum = 0;
  for (int n = 0; n < rows; n++) sum += partial[(long long)n * columns + j];
  sums[j] += sum;
}
KERNEL(sum_columns);

#define POSITIONS(suffix, T)                                                                                          \
  extern "C" __global__ void lrpe_##suffix(T* y, int yStride, const T* x, int xStride, const float* cosines,          \
                                           int cStride, const float* sines, int sStride, int period, int width,       \
                                           int columns) {                                                             \
    forward(y, yStride, x, xStride, cosines, cStride, sines, sStride, period, width, columns);                        \
  }                                                                                                                   \
  KERNEL(lrpe_##suffix);                                                                                              \
  extern "C" __global__ void lrpe_backward_##suffix(T* dx, int dxStride, float* partial, const T* dy, int dyStride,   \
                                                    const T* x, int xStride, const float* cosines, int cStride,       \
                                                    const float* sines, int sStride, const long long* positions,      \
                                                    int period, int width, int columns, int rows) {                   \
    backward(dx, dxStride, partial, dy, dyStride, x, xStride, cosines, cStride, sines, sStride, positions, period,    \
             width, columns, rows);                                                                                   \
  }                                                                                                                   \
  KERNEL(lrpe_backward_##suffix)

POSITIONS(f32, float);
POSITIONS(bf16, bf16);
