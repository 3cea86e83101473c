// Lightning Attention (arXiv 2401.04658), the one computation that forward and backward are made of.
//
// Per sequence and head, with lambda = exp(-rate):
//
//   forward   S_t = lambda S_(t-1) + k_t v_t^T,   o_t = q_t S_t
//   reverse   the same from the last row to the first: R <- R + k_t v_t^T, o_t = q_t R, R <- lambda R
//
// The gradients of o = forward(q, k, v; S) are three more runs of it with the arguments in other places:
//
//   dq = forward(dO, v, k; S^T)      dv = reverse(k, q, dO; R)      dk = reverse(v, dO, q; R^T)
//
// where R is the gradient of the state. (Write out dL/dv_s = sum over t >= s of lambda^(t-s) (q_t . k_s) dO_t and see
// forward's sum with time turned round.) R after the first row is the gradient of the state before it.
//
// Several documents can share a sequence: starts[b T + t] is the row at which row t's document begins, negative if
// before the sequence; null for one document. A state never crosses a document's beginning.
//
// Rows are cut into segments, a block each, so that few sequences fill a card too. A kernel named "states" computes
// what each segment alone adds to the state, attention_scan chains them, and the main kernel starts each segment from
// its own state. With one segment the main kernel does all. Nothing is added with atomics: equal arguments give equal
// bits.
#pragma once

#include "device.cuh"

constexpr int ATTENTION_CHUNK = 64;

// T: float or bf16. Widths: a head's columns of q and k (keyWidth) and of v and o (valueWidth). Grid: x = b H + h,
// y = slice of valueWidth, z = segment.
template <class T>
struct Attention {
  T* o;              // [B T, H valueWidth], rows oStride elements apart; overwritten; none in a "states" kernel
  int oStride;
  const T* q;        // [B T, H keyWidth]; not read in a "states" kernel
  int qStride;
  const T* k;        // [B T, H keyWidth]
  int kStride;
  const T* v;        // [B T, H valueWidth]
  int vStride;
  const float* rates;   // [H]
  const int* starts;    // [B T] or null
  const float* before;  // null for zero, or [B H, n, keyWidth, valueWidth]: states n of which lie beforeEvery rows apart,
  long long beforeHead; // and beforeHead floats from one head's to the next; a segment begins with the one of the
  int beforeEvery;      // beforeEvery rows where it begins (reverse: ends)
  float* after;      // null, or [B H, keyWidth, valueWidth]: the state after all rows; "states": [B H, segments, ..]
  float* saved;      // null, or [B H, ceil(T / savedEvery), keyWidth, valueWidth]: the state before every so many rows
  int savedEvery;    // a multiple of the chunk
  int time, heads, keyWidth, valueWidth;
  int segment;       // rows of a segment, a multiple of the chunk, of savedEvery and of beforeEvery
  int transposed;    // states lie in memory as [valueWidth, keyWidth]

  __device__ int batch() const { return blockIdx.x / heads; }
  __device__ int head() const { return blockIdx.x % heads; }
  __device__ int first() const { return blockIdx.z * segment; }
  __device__ int end() const { return min(time, first() + segment); }
  __device__ long long row(int t) const { return (long long)batch() * time + t; }
  __device__ const T* keys(const T* x, int stride, int t) const { return x + row(t) * stride + head() * keyWidth; }
  __device__ const T* values(const T* x, int stride, int t) const { return x + row(t) * stride + head() * valueWidth; }
  __device__ T* out(int t) const { return o + row(t) * oStride + head() * valueWidth; }
  __device__ long long stateElements() const { return (long long)keyWidth * valueWidth; }
  __device__ const float* stateBefore(bool reverse) const {
    if (before == nullptr) return nullptr;
    return before + blockIdx.x * beforeHead + (reverse ? end() - 1 : first()) / beforeEvery * stateElements();
  }
  __device__ float* savedAt(int t) const {
    int count = (time + savedEvery - 1) / savedEvery;
    return saved + ((long long)blockIdx.x * count + t / savedEvery) * stateElements();
  }
  // Of state element (i, j), i < keyWidth, j < valueWidth.
  __device__ int stateIndex(int i, int j) const { return transposed ? j * keyWidth + i : i * valueWidth + j; }
};

#define ATTENTION_PARAMETERS(T)                                                                                   \
  T *o, int oStride, const T *q, int qStride, const T *k, int kStride, const T *v, int vStride, const float *rates, \
      const int *starts, const float *before, long long beforeHead, int beforeEvery, float *after,                   \
      float *saved, int savedEvery, int time, int heads, int keyWidth, int valueWidth, int segment, int transposed

#define ATTENTION_ARGUMENTS                                                                                      \
  o, oStride, q, qStride, k, kStride, v, vStride, rates, starts, before, beforeHead, beforeEvery, after, saved,   \
      savedEvery, time, heads, keyWidth, valueWidth, segment, transposed
