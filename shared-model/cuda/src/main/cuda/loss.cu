// Cross-entropy of rows of logits against targets, and its gradient in place.
//
//   nats[n] = log Z - x[target],  Z = sum over v of e^x[v]
//   x[v] <- scale ((1 + 2 zLoss log Z) e^x[v] / Z - [v = target])      (z-loss: PaLM, arXiv 2204.02311, section 5)
//
// A row whose target is negative counts for nothing: 0 nats, no gradient. Sums in fp32 around the row's largest logit
// (online softmax, Milakov and Gimelshein, arXiv 1805.02867), logarithm in double. Launch: a block a row (rows.cuh).
// The gradient's pass finds the row in the second-level cache: a row of 64,000 bf16 is 128 KB.
#include "rows.cuh"

namespace {

struct Softmax {
  float largest = -INFINITY;
  float sum = 0;

};

// Of the row, for all threads.
template <class T>
__device__ Softmax softmax(const T* x, int vocab, bool wide) {
  Softmax mine;
  forColumns(vocab, wide, [&](auto count, int j) {
    float a[decltype(count)::value];
    load(a, x + j);
    float most = a[0];
    for (float v : a) most = fmaxf(most, v);
    if (most > mine.largest) {
      mine.sum *= expf(mine.largest - most);
      mine.largest = most;
    }
    for (float v : a) mine.sum += expf(v - mine.largest);
  });
  Softmax all;
  all.largest = maxOfBlock(mine.largest);
  all.sum = sumOfBlock(mine.sum == 0 ? 0.f : mine.sum * expf(mine.largest - all.largest));
  return all;
}

template <class T>
__device__ void crossEntropy(double* nats, T* logits, int stride, const int* targets, int vocab, int gradient,
                             double scale, double zLoss) {
  long long n = blockIdx.x;
  T* x = logits + n * stride;
  int target = targets[n];
  bool wide = isWide(x, stride);
  if (target < 0) {
    if (threadIdx.x == 0) nats[n] = 0;
    if (gradient) {
      forColumns(vocab, wide, [&](auto count, int j) {
        float zero[decltype(count)::value] = {};
        store(x + j, zero);
      });
    }
    return;
  }
  float targetLogit = toFloat(x[target]);
  Softmax row = softmax(x, vocab, wide);
  double logZ = log(double(row.sum)) + double(row.largest);
  if (threadIdx.x == 0) nats[n] = logZ - double(targetLogit);
  if (!gradient) return;
  float factor = float(scale * (1 + 2 * zLoss * logZ) / double(row.sum));
  forColumns(vocab, wide, [&](auto count, int j) {
    constexpr int N = decltype(count)::value;
    float a[N];
    load(a, x + j);
    for (int i = 0; i < N; i++) {
      a[i] = expf(a[i] - row.largest) * factor;
      if (j + i == target) a[i] -= float(scale);
    }
    store(x + j, a);
  });
}

}  // namespace

#define LOSS(name, T)                                                                                          \
  extern "C" __global__ void name(double* nats, T* logits, int stride, const int* targets, int vocab,          \
                                  int gradient, double scale, double zLoss) {                                  \
    crossEntropy(nats, logits, stride, targets, vocab, gradient, scale, zLoss);                                \
  }                                                                                                            \
  KERNEL(name)

LOSS(cross_entropy_f32, float);
LOSS(cross_entropy_bf16, bf16);
