// The emulator's own test: kernels that are right give the right numbers in every order, and each flaw is caught.
#include <cstdio>
#include <string>
#include <vector>

#include "device.cuh"

extern "C" {
int tnl_emulate(const char*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**, char*, int);
void* tnl_emulator_alloc(size_t);
void tnl_emulator_free(void*);
void tnl_emulator_seed(uint64_t);
}

constexpr int THREADS = 128;

// out[block] = sum of in[block * THREADS ...], through shared memory. FLAW leaves a barrier out.
template <bool BARRIER>
__device__ void sum(float* out, const float* in) {
  __shared__ float values[THREADS];
  values[threadIdx.x] = in[blockIdx.x * THREADS + threadIdx.x];
  for (int half = THREADS / 2; half > 0; half /= 2) {
    if (BARRIER || half != 32) __syncthreads();
    if (threadIdx.x < unsigned(half)) values[threadIdx.x] += values[threadIdx.x + half];
  }
  if (threadIdx.x == 0) out[blockIdx.x] = values[0];
}
extern "C" __global__ void sumOfBlock(float* out, const float* in) { sum<true>(out, in); }
KERNEL(sumOfBlock);
extern "C" __global__ void sumWithoutABarrier(float* out, const float* in) { sum<false>(out, in); }
KERNEL(sumWithoutABarrier);

extern "C" __global__ void sumOfWarp(float* out, const float* in) {
  float x = in[blockIdx.x * 32 + threadIdx.x];
  for (int bits = 16; bits > 0; bits /= 2) x += __shfl_xor_sync(ALL_LANES, x, bits);
  unsigned odd = __ballot_sync(ALL_LANES, threadIdx.x % 2);
  float ofHalf = threadIdx.x < 16 ? __shfl_sync(0xffffu, x, 3) : __shfl_down_sync(0xffff0000u, x, 1, 16);
  if (threadIdx.x == 0) out[blockIdx.x] = odd == 0xaaaaaaaau ? ofHalf : -1;
}
KERNEL(sumOfWarp);

extern "C" __global__ void barrierForSome(float* out) {
  if (threadIdx.x < 64) __syncthreads();
  out[threadIdx.x] = 1;
}
KERNEL(barrierForSome);

extern "C" __global__ void twoBarriersForOne(float* out) {
  if (threadIdx.x < 64) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}
KERNEL(twoBarriersForOne);

extern "C" __global__ void shuffleOfSome(float* out) {
  if (threadIdx.x % 32 != 5) out[threadIdx.x] = __shfl_sync(ALL_LANES, 1.f, 0);
}
KERNEL(shuffleOfSome);

extern "C" __global__ void readAt(float* out, const float* in, int index) { out[threadIdx.x] = in[index]; }
KERNEL(readAt);

extern "C" __global__ void writeShared(float* out, int index) {
  DYNAMIC_SHARED(float, shared);
  shared[index] = 1;
  out[threadIdx.x] = shared[index];
}
KERNEL(writeShared);

extern "C" __global__ void readStatic(float* out, int index) {
  __shared__ float values[8];
  if (threadIdx.x < 8) values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[index];
}
KERNEL(readStatic);

extern "C" __global__ void readUnwritten(float* out) {
  __shared__ float values[THREADS];
  out[threadIdx.x] = values[threadIdx.x];
  values[threadIdx.x] = 0;  // for the next block
}
KERNEL(readUnwritten);

extern "C" __global__ void misaligned(float* out, const float* in) {
  float4 four = *reinterpret_cast<const float4*>(in + 1);
  out[threadIdx.x] = four.x;
}
KERNEL(misaligned);

// A tile through an asynchronous copy; WAIT false forgets to wait for it.
template <bool WAIT>
__device__ void copyTile(float* out, const float* in) {
  DYNAMIC_SHARED(float, tile);
  copyAsync16(tile + threadIdx.x * 4, in + threadIdx.x * 4, threadIdx.x == THREADS - 1 ? 8 : 16);
  commitCopies();
  commitCopies();
  if (WAIT) waitForCopies<1>();
  __syncthreads();
  int other = THREADS - 1 - threadIdx.x;
  for (int i = 0; i < 4; i++) out[other * 4 + i] = tile[other * 4 + i];
}
extern "C" __global__ void copied(float* out, const float* in) { copyTile<true>(out, in); }
KERNEL(copied);
extern "C" __global__ void copiedWithoutAWait(float* out, const float* in) { copyTile<false>(out, in); }
KERNEL(copiedWithoutAWait);

// c [16, 8] = a [16, 16] b [16, 8] for one warp, a by ldmatrix, b transposed by it; SWAP mixes a's registers up.
template <bool SWAP>
__device__ void product(float* c, const bf16* a, const bf16* b) {
  __shared__ __align__(16) bf16 as[16 * 16];
  __shared__ __align__(16) bf16 bs[16 * 8];
  for (int i = threadIdx.x; i < 256; i += 32) as[i] = a[i];
  for (int i = threadIdx.x; i < 128; i += 32) bs[i] = b[i];
  __syncwarp();
  uint32_t fa[4], fb[4];
  int lane = threadIdx.x;
  loadMatrix4(fa, as + lane % 16 * 16 + lane / 16 * 8);
  loadMatrix4Transposed(fb, bs + lane % 16 * 8);
  if (SWAP) {
    uint32_t other = fa[1];
    fa[1] = fa[2];
    fa[2] = other;
  }
  uint32_t halves[2] = {fb[0], fb[1]};
  float sum[4] = {0, 0, 0, 0};
  mmaBf16(sum, fa, halves);
  for (int i = 0; i < 4; i++) c[(lane / 4 + 8 * (i / 2)) * 8 + 2 * (lane % 4) + i % 2] = sum[i];
}
extern "C" __global__ void tensorCore(float* c, const bf16* a, const bf16* b) { product<false>(c, a, b); }
KERNEL(tensorCore);
extern "C" __global__ void tensorCoreMixedUp(float* c, const bf16* a, const bf16* b) { product<true>(c, a, b); }
KERNEL(tensorCoreMixedUp);

extern "C" __global__ void count(int* counter) { atomicAdd(counter, 1); }
KERNEL(count);

extern "C" __global__ void deep(float* out, int depth) {
  volatile char frame[4096];
  frame[0] = char(depth);
  if (depth > 0) deep(out, depth - 1);
  out[threadIdx.x] = frame[0];
}
KERNEL(deep);

// ---- the tests

static int failures = 0;

template <class... A>
static std::string launch(const char* name, int blocks, int threads, int shared, A... arguments) {
  void* all[] = {&arguments...};
  char message[512] = "";
  tnl_emulate(name, blocks, 1, 1, threads, 1, 1, shared, all, message, sizeof message);
  return message;
}

static void expect(bool right, const char* sentence, const std::string& seen = "") {
  if (!right) failures++;
  printf("%s %s%s%s\n", right ? "ok  " : "FAIL", sentence, seen.empty() ? "" : ": ", seen.c_str());
}

static void expectMessage(const std::string& message, const char* part, const char* sentence) {
  expect(message.find(part) != std::string::npos, sentence, message);
}

template <class T>
static T* device(int n) {
  return static_cast<T*>(tnl_emulator_alloc(n * sizeof(T)));
}

static void sums(const char* kernel, bool expected, const char* sentence) {
  float* in = device<float>(64 * THREADS);
  float* out = device<float>(64);
  for (int i = 0; i < 64 * THREADS; i++) in[i] = float(i % 7);
  bool right = true;
  for (int seed = 0; seed < 4; seed++) {
    tnl_emulator_seed(seed);
    std::string message = launch(kernel, 64, THREADS, 0, out, in);
    right = right && message.empty();
    for (int b = 0; b < 64; b++) {
      float sum = 0;
      for (int i = 0; i < THREADS; i++) sum += in[b * THREADS + i];
      right = right && out[b] == sum;
    }
  }
  expect(right == expected, sentence);
  tnl_emulator_free(in);
  tnl_emulator_free(out);
}

static bool multiplies(const char* kernel) {
  bf16* a = device<bf16>(256);
  bf16* b = device<bf16>(128);
  float* c = device<float>(128);
  for (int i = 0; i < 256; i++) a[i] = fromFloat<bf16>(float(i * 37 % 19 - 9));
  for (int i = 0; i < 128; i++) b[i] = fromFloat<bf16>(float(i * 23 % 17 - 8));
  std::string message = launch(kernel, 1, 32, 0, c, a, b);
  bool right = message.empty();
  for (int i = 0; i < 128; i++) {
    float sum = 0;
    for (int k = 0; k < 16; k++) sum += toFloat(a[i / 8 * 16 + k]) * toFloat(b[k * 8 + i % 8]);
    right = right && c[i] == sum;
  }
  return right;
}

static void copies() {
  float* in = device<float>(4 * THREADS);
  float* out = device<float>(4 * THREADS);
  for (int i = 0; i < 4 * THREADS; i++) in[i] = float(i + 1);
  launch("copied", 1, THREADS, 16 * THREADS, out, in);
  bool right = true;
  for (int i = 0; i < 4 * THREADS; i++) right = right && out[i] == (i < 4 * THREADS - 2 ? in[i] : 0);
  expect(right, "a copy arrives when waited for, what is not valid as 0");
  launch("copiedWithoutAWait", 1, THREADS, 16 * THREADS, out, in);
  expect(std::isnan(out[0]), "a copy does not arrive before it is waited for");
}

int main() {
  sums("sumOfBlock", true, "sums through shared memory are right in every order");
  sums("sumWithoutABarrier", false, "a missing barrier shows");
  expect(multiplies("tensorCore"), "a tensor core's product is right");
  expect(!multiplies("tensorCoreMixedUp"), "a wrong fragment shows");
  copies();

  float* in = device<float>(32 * 8);
  float* out = device<float>(THREADS);
  for (int i = 0; i < 32 * 8; i++) in[i] = 1;
  std::string message = launch("sumOfWarp", 8, 32, 0, out, in);
  expect(message.empty() && out[7] == 32, "shuffles and votes, of parts of a warp too", message);

  expectMessage(launch("barrierForSome", 1, THREADS, 0, out), "64 ended", "a barrier that some never reach is reported");
  expectMessage(launch("twoBarriersForOne", 1, THREADS, 0, out), "divergent barriers",
                "two barriers taken for one are reported");
  expectMessage(launch("shuffleOfSome", 1, THREADS, 0, out), "in __shfl_sync", "a shuffle without a lane is reported");
  expectMessage(launch("readAt", 1, 32, 0, out, in, 256), "0 bytes past the end of device memory of 1024 bytes",
                "a read past the end is reported");
  expectMessage(launch("readAt", 1, 32, 0, out, in, -2000), "before device memory", "a read before the start is reported");
  expectMessage(launch("writeShared", 1, 32, 1024, out, 256), "1024 bytes into shared memory of 1024 bytes",
                "a write past dynamic shared memory is reported");
  expectMessage(launch("writeShared", 1, 32, 1024, out, -1), "beside its shared memory",
                "a write before dynamic shared memory is reported");
  expectMessage(launch("readStatic", 1, 32, 0, out, 8), "outside an array's bounds",
                "a read past static shared memory is reported");
  expect(launch("readStatic", 1, 32, 0, out, 7).empty() && out[31] == 1, "a read within it is not");
  launch("readUnwritten", 8, THREADS, 0, out);
  expect(std::isnan(out[3]), "shared memory is NaN before it is written, in every block");
  expectMessage(launch("misaligned", 1, 32, 0, out, in), "misaligned", "a misaligned read is reported");
  expectMessage(launch("deep", 1, 32, 0, out, 1000), "stack overflow", "an endless recursion is reported");
  expectMessage(launch("nothing", 1, 32, 0, out), "no kernel nothing", "an unknown kernel is refused");
  expectMessage(launch("count", 1, 48, 0, out), "whole warps", "part of a warp is refused");

  int* counter = device<int>(1);
  *counter = 0;
  launch("count", 500, 64, 0, counter);
  expect(*counter == 500 * 64, "atomics count across blocks");

  printf("%s\n", failures == 0 ? "all right" : "failed");
  return failures == 0 ? 0 : 1;
}
