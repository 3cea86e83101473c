// The gradient of a gated norm z = u * srms(o), a row a block, for rows that lie whole here and for parts of them.
#pragma once

#include "rows.cuh"

// This thread's part of the sum over columns of dz * u * srms(o), scale being the norm's factor r of the row.
template <class T>
__device__ __forceinline__ float gatedProducts(const T* dz, const T* o, const T* u, float scale, int columns,
                                               bool wide) {
  float sum = 0;
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float g[N], y[N], gate[N];
    load(g, dz + j);
    load(y, o + j);
    load(gate, u + j);
    for (int i = 0; i < N; i++) sum = fmaf(g[i] * gate[i], y[i] * scale, sum);
  });
  return sum;
}

// dO, dU overwritten; mean is that of the products over the whole row.
template <class T>
__device__ __forceinline__ void gatedGradients(T* dO, T* dU, const T* dz, const T* o, const T* u, float scale,
                                               float mean, int columns, bool wide) {
  forColumns(columns, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float g[N], y[N], gate[N], dGate[N];
    load(g, dz + j);
    load(y, o + j);
    load(gate, u + j);
    for (int i = 0; i < N; i++) {
      y[i] *= scale;
      dGate[i] = g[i] * y[i];
      g[i] = fmaf(y[i], -mean, g[i] * gate[i]) * scale;
    }
    store(dU + j, dGate);
    store(dO + j, g);
  });
}
