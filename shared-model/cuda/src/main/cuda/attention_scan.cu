// Chains what segments add to the state into the states that they begin with:
//
//   forward   before_0 = state, before_(g+1) = lambda^rows before_g + added_g      state <- the one after the last
//   reverse   the same from the last segment to the first
//
// Shapes: states [B H, G, elements] read as what each segment adds and overwritten with what it begins with; state
// [B H, elements] read as the first state and overwritten with the last. A document that begins in a segment lets
// nothing through. Launch: a thread an element, grid (ceil(elements / threads), B H).
#include "attention.cuh"

constexpr int TOGETHER = 8;  // loads on their way at once

template <bool REVERSE>
__device__ void scan(float* states, float* state, const float* rates, const int* starts, int time, int heads,
                     int elements, int segments, int segment) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= elements) return;
  int batch = blockIdx.y / heads;
  float rate = rates[blockIdx.y % heads];
  float* at = states + (long long)blockIdx.y * segments * elements + i;
  float carry = state[(long long)blockIdx.y * elements + i];
  auto nth = [&](int n) { return REVERSE ? segments - 1 - n : n; };
  for (int from = 0; from < segments; from += TOGETHER) {
    float added[TOGETHER];
#pragma unroll
    for (int n = 0; n < TOGETHER; n++) {
      if (from + n < segments) added[n] = at[(long long)nth(from + n) * elements];
    }
#pragma unroll
    for (int n = 0; n < TOGETHER; n++) {
      if (from + n >= segments) break;
      int g = nth(from + n);
      int end = min(time, (g + 1) * segment);
      bool open = starts == nullptr || starts[(long long)batch * time + end - 1] < g * segment;
      at[(long long)g * elements] = carry;
      carry = (open ? expf(-rate * float(end - g * segment)) * carry : 0.f) + added[n];
    }
  }
  state[(long long)blockIdx.y * elements + i] = carry;
}

extern "C" __global__ void attention_scan(float* states, float* state, const float* rates, const int* starts, int time,
                                          int heads, int elements, int segments, int segment) {
  scan<false>(states, state, rates, starts, time, heads, elements, segments, segment);
}
KERNEL(attention_scan);

extern "C" __global__ void attention_scan_reverse(float* states, float* state, const float* rates, const int* starts,
                                                  int time, int heads, int elements, int segments, int segment) {
  scan<true>(states, state, rates, starts, time, heads, elements, segments, segment);
}
KERNEL(attention_scan_reverse);
