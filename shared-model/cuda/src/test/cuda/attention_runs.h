// How Lightning Attention's kernels are put together; the host side of attention.cuh for tests.
#pragma once

#include <algorithm>

#include "device_memory.h"

struct AttentionShape {
  int batch, time, heads, keyWidth, valueWidth;
  int every;    // rows from one kept state to the next
  int segment;  // rows of a block

  int count() const { return (time + every - 1) / every; }
  int segments() const { return (time + segment - 1) / segment; }
  size_t state() const { return size_t(keyWidth) * valueWidth; }
  size_t states() const { return size_t(batch) * heads * state(); }
};

// Rows of a block, so that main kernels that run `runs` times (forward 1, backward 3) take least; see AttentionRun.java.
inline int segmentFor(int tasks, int time, int every, int processors, int runs) {
  constexpr double START = 256;
  auto load = [&](int blocks) {
    return std::max(double((blocks + processors - 1) / processors), 1.6 * blocks / processors);
  };
  int stretches = (time + every - 1) / every;
  double states = START + every * load(tasks * stretches);
  int best = stretches * every;
  double least = 1e30;
  for (int each = stretches; each > 0; each--) {
    int rows = each * every;
    int segments = (time + rows - 1) / rows;
    double cost = runs * (START + std::min(rows, time) * load(tasks * segments)) + (segments > 1 ? states : 0);
    if (cost < least) {
      least = cost;
      best = rows;
    }
  }
  return best;
}

template <class T>
struct AttentionKernels;

template <>
struct AttentionKernels<float> {
  static std::string suffix(int keyWidth) {
    return "f32_" + std::to_string(keyWidth <= 32 ? 32 : keyWidth <= 64 ? 64 : keyWidth <= 128 ? 128 : 256);
  }
  static int slice(int) { return 64; }
  static unsigned shared(int) { return 0; }
  static unsigned threads() { return 256; }
};

#ifndef ATTENTION_FLOAT_ONLY
template <>
struct AttentionKernels<bf16> {
  static std::string suffix(int keyWidth) {
    return keyWidth <= 64 ? "bf16_64_64" : keyWidth <= 128 ? "bf16_128_128" : "bf16_256_64";
  }
  static int slice(int keyWidth) { return keyWidth <= 64 ? 64 : keyWidth <= 128 ? 128 : 64; }
  static unsigned shared(int keyWidth) {
    int keys = keyWidth <= 64 ? 64 : keyWidth <= 128 ? 128 : 256;
    int keyRow = keys + 8;
    int valueRow = slice(keyWidth) + 8;
    return 2 * ((keys > 128 ? 2 : 3) * 64 * (2 * keyRow + valueRow) + 2 * keys * valueRow) + 4096;
  }
  static unsigned threads() { return 512; }
};
#endif

template <class T>
struct AttentionRun {
  const AttentionShape& shape;
  const float* rates;
  const int* starts;

  struct States {
    const float* before = nullptr;
    long long beforeHead = 0;
    int beforeEvery = 1;
    float* after = nullptr;
    float* saved = nullptr;
  };

  void run(const std::string& kind, Rows<T> o, Rows<const T> q, Rows<const T> k, Rows<const T> v, States s, int segment,
           bool transposed) const {
    int keyWidth = transposed ? shape.valueWidth : shape.keyWidth;
    int valueWidth = transposed ? shape.keyWidth : shape.valueWidth;
    using K = AttentionKernels<T>;
    int slice = K::slice(keyWidth);
    Grid grid{unsigned(shape.batch * shape.heads), unsigned((valueWidth + slice - 1) / slice),
              unsigned((shape.time + segment - 1) / segment)};
    launch("attention_" + kind + K::suffix(keyWidth), grid, K::threads(), K::shared(keyWidth), o.at, o.stride, q.at, q.stride,
           k.at, k.stride, v.at, v.stride, rates, starts, s.before, s.beforeHead, s.beforeEvery, s.after, s.saved,
           shape.every, shape.time, shape.heads, keyWidth, valueWidth, segment, int(transposed));
  }

  void scan(const std::string& name, float* states, float* state) const {
    int elements = int(shape.state());
    launch(name, Grid{unsigned((elements + 255) / 256), unsigned(shape.batch * shape.heads)}, 256, 0, states, state,
           rates, starts, shape.time, shape.heads, elements, shape.count(), shape.every);
  }

  // states: [B H, count, state] for saved states; work of the same size if there is more than one segment.
  void forward(Rows<T> o, float* state, float* states, Rows<const T> q, Rows<const T> k, Rows<const T> v) const {
    long long n = (long long)shape.state();
    if (shape.segments() == 1) {
      run("", o, q, k, v, {state, n, shape.segment, state, states}, shape.segment, false);
      return;
    }
    run("states_", {}, {}, k, v, {nullptr, 0, 1, states, nullptr}, shape.every, false);
    scan("attention_scan", states, state);
    run("", o, q, k, v, {states, n * shape.count(), shape.every, nullptr, nullptr}, shape.segment, false);
  }

  void backward(Rows<T> dq, Rows<T> dk, Rows<T> dv, float* dState, Rows<const T> dO, Rows<const T> q, Rows<const T> k,
                Rows<const T> v, const float* states, float* work) const {
    long long n = (long long)shape.state();
    States before{states, n * shape.count(), shape.every};
    if (shape.segments() == 1) {
      before.beforeEvery = shape.segment;
      run("", dq, dO, v, k, before, shape.segment, true);
      run("reverse_", dk, v, dO, q, {dState, n, shape.segment, nullptr, nullptr}, shape.segment, true);
      run("reverse_", dv, k, q, dO, {dState, n, shape.segment, dState, nullptr}, shape.segment, false);
      return;
    }
    run("states_reverse_", {}, {}, q, dO, {nullptr, 0, 1, work, nullptr}, shape.every, false);
    scan("attention_scan_reverse", work, dState);
    run("", dq, dO, v, k, before, shape.segment, true);
    States after{work, n * shape.count(), shape.every};
    run("reverse_", dk, v, dO, q, after, shape.segment, true);
    run("reverse_", dv, k, q, dO, after, shape.segment, false);
  }
};
