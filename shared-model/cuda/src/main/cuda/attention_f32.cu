// Lightning Attention in fp32, one row after the other: no operand is rounded. For fp32 models, as the tensor cores'
// measure, and in bf16 for cards whose shared memory is too small for attention_bf16.cuh; slower than tensor cores, and
// linear in the rows like them.
//
// Source: arXiv 2307.14995, recurrence (2.2), in the form S + (k v^T - (1 - lambda) S): lambda can be nearer to 1 than
// a float's precision. Shapes: see Attention; o is overwritten. Launch: 256 threads, grid (B H, ceil(valueWidth / 64),
// segments), no dynamic shared memory; KEYS >= keyWidth. Four threads hold a column of the state, every fourth row
// each.
#include "attention.cuh"

namespace {

constexpr int THREADS = 256;
constexpr int COLUMNS = 64;
constexpr int PARTS = THREADS / COLUMNS;
constexpr int TILE = 16;  // rows that are loaded together

template <class T, int KEYS, bool REVERSE, bool STATES_ONLY>
__device__ void recur(const Attention<T>& a) {
  constexpr int MINE = KEYS / PARTS;
  __shared__ float queries[TILE][KEYS];
  __shared__ float keys[TILE][KEYS];
  __shared__ float values[TILE][COLUMNS];
  __shared__ int begins[TILE];  // whether a document begins at a row
  const int part = threadIdx.x % PARTS;
  const int j = threadIdx.x / PARTS;
  const int column = blockIdx.y * COLUMNS + j;
  const bool inside = column < a.valueWidth;
  const float forget = -expm1f(-a.rates[a.head()]);

  float s[MINE];
  auto forEach = [&](auto f) {
#pragma unroll
    for (int i = 0; i < MINE; i++) {
      int row = part + PARTS * i;
      if (inside && row < a.keyWidth) f(s[i], a.stateIndex(row, column));
    }
  };
  const float* before = a.stateBefore(REVERSE);
#pragma unroll
  for (int i = 0; i < MINE; i++) s[i] = 0;
  if (before != nullptr) forEach([&](float& x, int at) { x = before[at]; });

  const int rows = a.end() - a.first();
  for (int done = 0; done < rows; done += TILE) {
    int m = min(TILE, rows - done);
    int first = REVERSE ? a.end() - done - m : a.first() + done;
    __syncthreads();
    for (int n = threadIdx.x; n < m * KEYS; n += THREADS) {
      int r = n / KEYS;
      int i = n % KEYS;
      bool real = i < a.keyWidth;
      keys[r][i] = real ? toFloat(a.keys(a.k, a.kStride, first + r)[i]) : 0.f;
      if (!STATES_ONLY) queries[r][i] = real ? toFloat(a.keys(a.q, a.qStride, first + r)[i]) : 0.f;
    }
    for (int n = threadIdx.x; n < m * COLUMNS; n += THREADS) {
      int r = n / COLUMNS;
      int i = blockIdx.y * COLUMNS + n % COLUMNS;
      values[r][n % COLUMNS] = i < a.valueWidth ? toFloat(a.values(a.v, a.vStride, first + r)[i]) : 0.f;
    }
    if (threadIdx.x < m) {
      int t = first + threadIdx.x;
      begins[threadIdx.x] = a.starts != nullptr && a.starts[a.row(t)] == t;
    }
    __syncthreads();
    for (int n = 0; n < m; n++) {
      int r = REVERSE ? m - 1 - n : n;
      int t = first + r;
      if (!REVERSE && begins[r]) {
#pragma unroll
        for (int i = 0; i < MINE; i++) s[i] = 0;
      }
      if (!REVERSE && a.saved != nullptr && t % a.savedEvery == 0) {
        // Before a document's first row the state is not seen again; what is saved is then the zero it becomes.
        float* to = a.savedAt(t);
        forEach([&](float& x, int at) { to[at] = x; });
      }
      float value = values[r][j];
      float o = 0;
#pragma unroll
      for (int i = 0; i < MINE; i++) {
        float k = keys[r][part + PARTS * i];
        if (REVERSE) {
          s[i] = fmaf(k, value, s[i]);
        } else {
          s[i] = s[i] + fmaf(k, value, -forget * s[i]);
        }
        if (!STATES_ONLY) o = fmaf(queries[r][part + PARTS * i], s[i], o);
        if (REVERSE) s[i] = begins[r] ? 0.f : fmaf(-forget, s[i], s[i]);
      }
      if (!STATES_ONLY) {
        o += __shfl_xor_sync(ALL_LANES, o, 1);
        o += __shfl_xor_sync(ALL_LANES, o, 2);
        if (inside && part == 0) a.out(t)[column] = fromFloat<T>(o);
      }
    }
  }
  bool last = REVERSE ? blockIdx.z == 0 : blockIdx.z == gridDim.z - 1;
  if (a.after != nullptr && (STATES_ONLY || last)) {
    long long at = STATES_ONLY ? (long long)blockIdx.x * gridDim.z + blockIdx.z : blockIdx.x;
    float* to = a.after + at * a.stateElements();
    forEach([&](float& x, int n) { to[n] = x; });
  }
}

}  // namespace

#define ATTENTION(name, T, KEYS, REVERSE, STATES_ONLY)                              \
  extern "C" __global__ void __launch_bounds__(256) name(ATTENTION_PARAMETERS(T)) { \
    recur<T, KEYS, REVERSE, STATES_ONLY>(Attention<T>{ATTENTION_ARGUMENTS});        \
  }                                                                                 \
  KERNEL(name)

#define ATTENTION_OF_WIDTH(type, T, KEYS)                               \
  ATTENTION(attention_##type##_##KEYS, T, KEYS, false, false);          \
  ATTENTION(attention_reverse_##type##_##KEYS, T, KEYS, true, false);   \
  ATTENTION(attention_states_##type##_##KEYS, T, KEYS, false, true);    \
  ATTENTION(attention_states_reverse_##type##_##KEYS, T, KEYS, true, true)

#define ATTENTION_OF_TYPE(type, T)   \
  ATTENTION_OF_WIDTH(type, T, 32);   \
  ATTENTION_OF_WIDTH(type, T, 64);   \
  ATTENTION_OF_WIDTH(type, T, 128);  \
  ATTENTION_OF_WIDTH(type, T, 256)

ATTENTION_OF_TYPE(f32, float);
ATTENTION_OF_TYPE(bf16, bf16);
