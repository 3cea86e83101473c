// Products for emulation and odd shapes. cuBLAS does the large ones on a card, few_rows.cu those of few rows.
//
// product: c (+)= a b with a [m, k], b [k, n] of any strides, a thread an element of c, summed in order of k in fp32.
//   Launch: grid (ceil(n / threads), m).
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
