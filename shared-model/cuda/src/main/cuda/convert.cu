// Copies between types and strides: t[n][j] = s[n][j], rounded to the nearest. t overwritten. Launch: a block a row
// (rows.cuh). A dense stretch of n elements is rows of WIDTH columns and one shorter row.
#include "rows.cuh"

namespace {

template <class T, class S>
__device__ void convert(T* t, long long tStride, const S* s, long long sStride, int columns, long long last) {
  long long n = blockIdx.x;
  t += n * tStride;
  s += n * sStride;
  int count = n == gridDim.x - 1 ? int(last) : columns;
  forColumns(count, isWide(t, tStride) && isWide(s, sStride), [&](auto step, int j) {
    float a[decltype(step)::value];
    load(a, s + j);
    store(t + j, a);
  });
}

}  // namespace

#define CONVERT(name, T, S)                                                                                        \
  extern "C" __global__ void name(T* t, long long tStride, const S* s, long long sStride, int columns, long long last) { \
    convert(t, tStride, s, sStride, columns, last);                                                                \
  }                                                                                                                \
  KERNEL(name)

CONVERT(convert_f32_f32, float, float);
CONVERT(convert_f32_bf16, float, bf16);
CONVERT(convert_bf16_f32, bf16, float);
CONVERT(convert_bf16_bf16, bf16, bf16);
