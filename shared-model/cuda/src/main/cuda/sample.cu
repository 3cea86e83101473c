// The next token of each row of logits, chosen as org.transnormer.model.generate.Sampler chooses: temperature, the
// topK most likely tokens, the smallest set of most likely ones whose probability reaches topP, and a draw by a uniform
// number that comes from the host.
//
// Weights exp((x - max) / temperature) are whole numbers of 2^-40, so that their sums do not depend on an order. Tokens
// have keys, ascending in the order in which they are drawn: by likelihood (then by token) where topK or topP want it, by
// token otherwise. Every choice is the key at which a running sum of weights (or, for topK, of ones) exceeds a target;
// it is found digit by digit: a pass sums the weights of 2048 equal ranges of keys and goes on with the one that holds the
// target. Differs from the host, which adds doubles in order, where a target lies within about 1e-12 of a boundary.
//
// Launch: 1024 threads, grid (rows). tokens overwritten; -1 where the largest logit is no finite number. Bytes: the row
// from L2 once a pass; one pass for temperature 0, three for temperature alone, about fifteen with topK and topP.
#include "device.cuh"

namespace {

constexpr int THREADS = 1024;
constexpr int WARPS = THREADS / 32;
constexpr int BINS = 2 * THREADS;
constexpr int BITS_OF_BINS = 11;
constexpr double ONE = 1ll << 40;
constexpr double NOTHING = -29;  // e^-29 is less than half of 2^-40

using u64 = unsigned long long;

// Sums below 2^18 weights each, so that 32 bits hold them: shared memory adds those at full speed.
constexpr int PARTS = 3;
constexpr int BITS_OF_PART = 14;

struct Shared {
  unsigned bins[PARTS][BINS];
  u64 least[WARPS], most[WARPS], sums[WARPS];
  u64 bin, before;
};

// Ascending with falling x; equal for both zeros.
__device__ __forceinline__ uint32_t falling(float x) {
  uint32_t bits = __float_as_uint(x + 0.f);
  return bits >> 31 ? bits : 0x7fffffffu ^ bits;
}

__device__ __forceinline__ float valueOf(uint32_t falling) {
  return __uint_as_float(falling >> 31 ? falling : 0x7fffffffu ^ falling);
}

// Of one row.
struct Row {
  const float* logits;
  int vocab;
  bool byLikelihood;
  double largest, temperature;

  __device__ u64 key(int token, float x) const {
    return byLikelihood ? u64(falling(x)) << 32 | unsigned(token) : unsigned(token);
  }
  __device__ u64 weight(float x) const {
    double exponent = (double(x) - largest) / temperature;
    return exponent < NOTHING ? 0 : u64(llrint(exp(exponent) * ONE));
  }
  // f(token, logit, whether there is such a token) for this thread's tokens of [from, to), neighbours of a warp in step,
  // with several loads on their way.
  template <class F>
  __device__ void each(int from, int to, F f) const {
    constexpr int AHEAD = 8;
    for (int first = from + threadIdx.x; first - int(threadIdx.x) < to; first += AHEAD * THREADS) {
      float x[AHEAD];
#pragma unroll
      for (int i = 0; i < AHEAD; i++) x[i] = first + i * THREADS < to ? logits[first + i * THREADS] : 0.f;
#pragma unroll 1
      for (int i = 0; i < AHEAD; i++) {
        f(first + i * THREADS, x[0], first + i * THREADS < to);
#pragma unroll
        for (int k = 0; k + 1 < AHEAD; k++) x[k] = x[k + 1];
      }
    }
  }
};

// Sums of the bins before bin 2 threadIdx.x, and of all.
__device__ u64 sumBefore(Shared& s, u64 mine, u64& total) {
  const int lane = threadIdx.x % 32;
  u64 sum = mine;
#pragma unroll
  for (int by = 1; by < 32; by *= 2) {
    u64 other = __shfl_up_sync(ALL_LANES, sum, by);
    if (lane >= by) sum += other;
  }
  if (lane == 31) s.sums[threadIdx.x / 32] = sum;
  __syncthreads();
  u64 before = sum - mine;
  total = 0;
  for (int warp = 0; warp < WARPS; warp++) {
    if (warp == int(threadIdx.x) / 32) before += total;
    total += s.sums[warp];
  }
  return before;
}

// The key in [lo, hi] at which the running sum of weights exceeds target(sum of all).
template <bool ONES, class Target>
__device__ u64 select(Shared& s, const Row& row, u64 lo, u64 hi, Target target) {
  u64 wanted = 0;
  for (bool first = true;; first = false) {
    int shift = max(0, 64 - __clzll(hi - lo) - BITS_OF_BINS);
    for (int i = threadIdx.x; i < PARTS * BINS; i += THREADS) s.bins[i / BINS][i % BINS] = 0;
    __syncthreads();
    // A warp's 32 tokens have one bin there: they would wait for each other.
    const bool together = !row.byLikelihood && shift >= 5;
    row.each(row.byLikelihood ? 0 : int(lo), row.byLikelihood ? row.vocab : int(hi) + 1, [&](int token, float x, bool is) {
      u64 key = row.key(token, x);
      is = is && key >= lo && key <= hi;
      u64 weight = !is ? 0 : ONES ? 1 : row.weight(x);
      if (together) {
#pragma unroll
        for (int bit = 16; bit > 0; bit /= 2) weight += __shfl_xor_sync(ALL_LANES, weight, bit);
        if (threadIdx.x % 32 != 0) return;
      }
      int bin = is ? int((key - lo) >> shift) : 0;
#pragma unroll
      for (int part = 0; part < (ONES ? 1 : PARTS); part++) {
        unsigned piece = unsigned(weight >> part * BITS_OF_PART);
        if (part + 1 < PARTS) piece &= (1u << BITS_OF_PART) - 1;
        if (piece != 0) atomicAdd(&s.bins[part][bin], piece);
      }
    });
    __syncthreads();
    u64 sums[2] = {};
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
      for (int i = 0; i < 2; i++) sums[i] += u64(s.bins[part][2 * threadIdx.x + i]) << part * BITS_OF_PART;
    }
    u64 total;
    u64 before = sumBefore(s, sums[0] + sums[1], total);
    if (first) wanted = target(total);
    for (int i = 0; i < 2; i++) {
      if (before <= wanted && wanted < before + sums[i]) {
        s.bin = 2 * threadIdx.x + i;
        s.before = before;
      }
      before += sums[i];
    }
    __syncthreads();
    lo += s.bin << shift;
    if (shift == 0) return lo;
    hi = min(hi, lo + ((u64(1) << shift) - 1));
    wanted -= s.before;
  }
}

// The smallest and the largest key of the row by likelihood. A NaN is one of the two.
__device__ void range(Shared& s, const Row& row, u64& lo, u64& hi) {
  lo = ~u64(0);
  hi = 0;
  row.each(0, row.vocab, [&](int token, float x, bool is) {
    if (!is) return;
    u64 key = u64(falling(x)) << 32 | unsigned(token);
    lo = min(lo, key);
    hi = max(hi, key);
  });
#pragma unroll
  for (int bit = 16; bit > 0; bit /= 2) {
    lo = min(lo, __shfl_xor_sync(ALL_LANES, lo, bit));
    hi = max(hi, __shfl_xor_sync(ALL_LANES, hi, bit));
  }
  if (threadIdx.x % 32 == 0) {
    s.least[threadIdx.x / 32] = lo;
    s.most[threadIdx.x / 32] = hi;
  }
  __syncthreads();
  for (int warp = 0; warp < WARPS; warp++) {
    lo = min(lo, s.least[warp]);
    hi = max(hi, s.most[warp]);
  }
}

}  // namespace

// rules [rows]: temperature, topP, uniform, topK.
extern "C" __global__ void __launch_bounds__(1024) sample(int* tokens, const float* logits, int stride, int vocab,
                                                          const double* rules) {
  __shared__ Shared s;
  const double* rule = rules + 4 * blockIdx.x;
  const double temperature = rule[0], topP = rule[1], uniform = rule[2];
  const u64 topK = u64(rule[3]);
  Row row = {logits + (long long)blockIdx.x * stride, vocab, topK > 0 || topP < 1, 0, temperature};
  u64 lo, hi;
  range(s, row, lo, hi);
  const float largest = valueOf(uint32_t(lo >> 32));
  const float smallest = valueOf(uint32_t(hi >> 32));
  int token = int(uint32_t(lo));
  if (!(fabsf(largest) < INFINITY) || smallest != smallest) {
    token = -1;
  } else if (temperature > 0) {
    row.largest = largest;
    if (!row.byLikelihood) {
      lo = 0;
      hi = vocab - 1;
    }
    if (topK > 0 && topK < u64(vocab)) hi = select<true>(s, row, lo, hi, [&](u64) { return topK - 1; });
    if (topP < 1) {
      hi = select<false>(s, row, lo, hi, [&](u64 sum) { return min(sum, u64(max(ceil(topP * double(sum)), 1.))) - 1; });
    }
    u64 key = select<false>(s, row, lo, hi, [&](u64 sum) { return min(sum - 1, u64(uniform * double(sum))); });
    token = int(uint32_t(key));
  }
  if (threadIdx.x == 0) tokens[blockIdx.x] = token;
}
KERNEL(sample);
