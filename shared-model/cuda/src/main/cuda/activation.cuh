// Elementwise functions, numbered as org.transnormer.model.backend.Activation.
#pragma once

#include "device.cuh"

enum Activation { IDENTITY, SILU, GELU, RELU, LEAKY_RELU, SIGMOID, ELU, ONE_PLUS_ELU, TWO_PLUS_ELU, SINE };

constexpr float LEAK = 0.01f;
constexpr float ROOT_HALF = 0.70710678f;

__device__ __forceinline__ float sigmoid(float x) { return 1.f / (1.f + expf(-x)); }
__device__ __forceinline__ float elu(float x) { return x > 0 ? x : expm1f(x); }

__device__ __forceinline__ float activated(float x, int activation) {
  switch (activation) {
    case SILU: return x * sigmoid(x);
    case GELU: return 0.5f * x * (1 + erff(x * ROOT_HALF));
    case RELU: return fmaxf(x, 0.f);
    case LEAKY_RELU: return x > 0 ? x : LEAK * x;
    case SIGMOID: return sigmoid(x);
    case ELU: return elu(x);
    case ONE_PLUS_ELU: return 1 + elu(x);
    case TWO_PLUS_ELU: return 2 + elu(x);
    case SINE: return sinf(x);
    default: return x;
  }
}
