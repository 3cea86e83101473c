// What kernels over rows of matrices share. A matrix is a pointer, a row stride in elements, and columns that lie
// together. Kernels of this kind launch a block of threads a row: grid (rows), a multiple of 32 threads, at most 1024.
#pragma once

#include "device.cuh"

// Elements that a thread takes at a time where rows allow it: 16 bytes of bf16, twice 16 of floats.
constexpr int WIDE = 8;

template <int N>
struct Count {
  static constexpr int value = N;
};

template <class T, int N>
struct alignas(sizeof(T) * N > 16 ? 16 : sizeof(T) * N) Pack {
  T v[N];
};

template <int N, class T>
__device__ __forceinline__ void load(float (&x)[N], const T* from) {
  Pack<T, N> pack = *reinterpret_cast<const Pack<T, N>*>(from);
#pragma unroll
  for (int i = 0; i < N; i++) x[i] = toFloat(pack.v[i]);
}

template <int N, class T>
__device__ __forceinline__ void store(T* to, const float (&x)[N]) {
  Pack<T, N> pack;
#pragma unroll
  for (int i = 0; i < N; i++) pack.v[i] = fromFloat<T>(x[i]);
  *reinterpret_cast<Pack<T, N>*>(to) = pack;
}

template <class T>
__device__ __forceinline__ bool isWide(const T* at, long long stride) {
  return reinterpret_cast<uintptr_t>(at) % 16 == 0 && stride % WIDE == 0;
}

// f(Count<N>, j) for the columns j, j + 1, ... j + N - 1 that are this thread's, N being WIDE or 1.
template <class F>
__device__ __forceinline__ void forColumns(int columns, bool wide, F f) {
  if (wide && columns % WIDE == 0) {
    for (int j = threadIdx.x * WIDE; j < columns; j += blockDim.x * WIDE) f(Count<WIDE>(), j);
  } else {
    for (int j = threadIdx.x; j < columns; j += blockDim.x) f(Count<1>(), j);
  }
}

__device__ __forceinline__ float sumOfWarp(float x) {
#pragma unroll
  for (int bit = 16; bit > 0; bit /= 2) x += __shfl_xor_sync(ALL_LANES, x, bit);
  return x;
}

__device__ __forceinline__ float maxOfWarp(float x) {
#pragma unroll
  for (int bit = 16; bit > 0; bit /= 2) x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, bit));
  return x;
}

// The block's sum, for all its threads, in an order that depends on the number of threads alone.
__device__ __forceinline__ float sumOfBlock(float x) {
  __shared__ float sums[32];
  x = sumOfWarp(x);
  if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = x;
  __syncthreads();
  x = sumOfWarp(threadIdx.x % 32 < blockDim.x / 32 ? sums[threadIdx.x % 32] : 0.f);
  __syncthreads();
  return x;
}

__device__ __forceinline__ float maxOfBlock(float x) {
  __shared__ float largest[32];
  x = maxOfWarp(x);
  if (threadIdx.x % 32 == 0) largest[threadIdx.x / 32] = x;
  __syncthreads();
  x = maxOfWarp(threadIdx.x % 32 < blockDim.x / 32 ? largest[threadIdx.x % 32] : -INFINITY);
  __syncthreads();
  return x;
}

// Of SRMSNorm.
__device__ __forceinline__ float inverseRoot(float sumOfSquares, int columns, float eps) {
  return 1.f / sqrtf(sumOfSquares / float(columns) + eps);
}
