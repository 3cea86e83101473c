// CUDA kernels on the CPU, for tests: the part of CUDA's language that our kernels use, in C++20.
//
// Every CUDA thread is a fiber; a block's fibers run on one OS thread, in an order drawn from a seed, each until
// it waits. A fiber knows what it waits for, so a barrier that not all threads reach is reported and not
// guessed. Device memory ends at a page that nobody may touch. Not modelled: the order in which a tensor core adds,
// the memory model between blocks, bank conflicts, register limits, time.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __shared__ static thread_local
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))

struct uint3 {
  unsigned x, y, z;
};
using dim3 = uint3;
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(8) uint2 {
  uint32_t x, y;
};
struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(uint32_t x, uint32_t y) { return {x, y}; }
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }

struct __nv_bfloat16 {
  uint16_t bits;
};

inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

namespace emulator {

using Place = std::source_location;

// What the library's C interface calls: unpacks an argument array as cuLaunchKernel does.
using Thunk = void (*)(void** arguments);

struct Registration {
  Registration(const char* name, Thunk thunk);
};

template <class... A, size_t... I>
void call(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
  kernel(*static_cast<std::remove_cv_t<A>*>(arguments[I])...);
}

template <class... A>
void call(void (*kernel)(A...), void** arguments) {
  call(kernel, arguments, std::index_sequence_for<A...>());
}

template <auto KERNEL>
void thunk(void** arguments) {
  call(KERNEL, arguments);
}

void* dynamicShared();
unsigned laneOfThread();
void waitForBlock(const char* what, Place place);
void waitForWarp(unsigned mask, const char* what, Place place);
[[noreturn]] void fail(const char* what, Place place);
void copyLater(void* shared, const void* global, int valid, Place place);
void endGroupOfCopies();
void finishCopies(int allBut);

// Where a thread shows something to the others of its warp: two places in turn for whole warps, since a thread
// can be one exchange ahead of another but not two, and a third for parts of a warp, left together.
constexpr int SLOT_BYTES = 32;
int show(const void* bytes, int size, unsigned mask, const char* what, Place place);
const void* shown(int slot, unsigned lane);

template <class T>
class Exchange {
 public:
  Exchange(const T& mine, unsigned mask, const char* what, Place place)
      : mask_(mask), what_(what), place_(place), slot_(show(&mine, sizeof(T), mask, what, place)) {
    static_assert(sizeof(T) <= SLOT_BYTES);
  }
  ~Exchange() {
    if (mask_ != 0xffffffffu) waitForWarp(mask_, what_, place_);
  }
  const T& of(unsigned lane) const {
    if (!(mask_ >> lane & 1)) fail("reads a lane outside its mask", place_);
    return *static_cast<const T*>(shown(slot_, lane));
  }

 private:
  unsigned mask_;
  const char* what_;
  Place place_;
  int slot_;
};

}  // namespace emulator

// ---- barriers, warps, atomics

inline void __syncthreads(emulator::Place place = emulator::Place::current()) {
  emulator::waitForBlock("__syncthreads", place);
}
inline void meetBlock() { emulator::waitForBlock("meetBlock", emulator::Place::current()); }
inline void __syncwarp(unsigned mask = 0xffffffffu, emulator::Place place = emulator::Place::current()) {
  emulator::waitForWarp(mask, "__syncwarp", place);
}
// Kernels run one after another here.
inline void waitForEarlierKernels() {}
inline void letNextKernelBegin() {}
inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

template <class T>
T __shfl_sync(unsigned mask, T x, int lane, int width = 32, emulator::Place place = emulator::Place::current()) {
  emulator::Exchange<T> all(x, mask, "__shfl_sync", place);
  unsigned first = emulator::laneOfThread() / width * width;
  return all.of(first + lane % width);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T x, int bits, int width = 32, emulator::Place place = emulator::Place::current()) {
  emulator::Exchange<T> all(x, mask, "__shfl_xor_sync", place);
  unsigned lane = emulator::laneOfThread();
  unsigned other = lane ^ bits;
  return other / width == lane / width ? all.of(other) : x;
}
template <class T>
T __shfl_down_sync(unsigned mask, T x, int by, int width = 32, emulator::Place place = emulator::Place::current()) {
  emulator::Exchange<T> all(x, mask, "__shfl_down_sync", place);
  unsigned lane = emulator::laneOfThread();
  return lane % width + by < unsigned(width) ? all.of(lane + by) : x;
}
template <class T>
T __shfl_up_sync(unsigned mask, T x, int by, int width = 32, emulator::Place place = emulator::Place::current()) {
  emulator::Exchange<T> all(x, mask, "__shfl_up_sync", place);
  unsigned lane = emulator::laneOfThread();
  return lane % width >= unsigned(by) ? all.of(lane - by) : x;
}
inline unsigned __ballot_sync(unsigned mask, int vote, emulator::Place place = emulator::Place::current()) {
  emulator::Exchange<int> all(vote, mask, "__ballot_sync", place);
  unsigned ballot = 0;
  for (unsigned lane = 0; lane < 32; lane++) {
    if (mask >> lane & 1) ballot |= unsigned(all.of(lane) != 0) << lane;
  }
  return ballot;
}
inline int __any_sync(unsigned mask, int vote, emulator::Place place = emulator::Place::current()) {
  return __ballot_sync(mask, vote, place) != 0;
}
inline int __all_sync(unsigned mask, int vote, emulator::Place place = emulator::Place::current()) {
  return __ballot_sync(mask, vote, place) == mask;
}

// Of whole numbers only: a sum of floats must not depend on who comes first.
template <class T>
  requires std::is_integral_v<T>
T atomicAdd(T* at, T x) {
  return __atomic_fetch_add(at, x, __ATOMIC_RELAXED);
}
template <class T>
  requires std::is_integral_v<T>
T atomicExch(T* at, T x) {
  return __atomic_exchange_n(at, x, __ATOMIC_RELAXED);
}
template <class T>
  requires std::is_integral_v<T>
T atomicCAS(T* at, T expected, T x) {
  __atomic_compare_exchange_n(at, &expected, x, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}
template <class T>
  requires std::is_integral_v<T>
T atomicMax(T* at, T x) {
  T old = __atomic_load_n(at, __ATOMIC_RELAXED);
  while (old < x && !__atomic_compare_exchange_n(at, &old, x, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return old;
}

// ---- arithmetic

inline float __uint_as_float(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}
inline uint32_t __float_as_uint(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  return bits;
}
inline float __int_as_float(int bits) { return __uint_as_float(uint32_t(bits)); }
inline int __float_as_int(float x) { return int(__float_as_uint(x)); }
inline float __bfloat162float(__nv_bfloat16 x) { return __uint_as_float(uint32_t(x.bits) << 16); }
inline __nv_bfloat16 __float2bfloat16_rn(float x) {
  uint32_t bits = __float_as_uint(x);
  if (std::isnan(x)) return {uint16_t(0x7fff)};
  return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
using std::max;
using std::min;
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __frcp_rn(float x) { return 1 / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __saturatef(float x) { return fminf(fmaxf(x, 0.f), 1.f); }
inline float rsqrtf(float x) { return 1 / sqrtf(x); }
inline double rsqrt(double x) { return 1 / sqrt(x); }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fadd_rn(float x, float y) { return x + y; }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(unsigned(x)); }
inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x)); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned(uint64_t(x) * y >> 32); }
template <class T>
T __ldg(const T* at) {
  return *at;
}
template <class T>
T __ldcs(const T* at) {
  return *at;
}
template <class T>
void __stcs(T* at, T x) {
  *at = x;
}

// ---- tensor cores and asynchronous copies, as device.cuh describes them

inline void mmaBf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                    emulator::Place place = emulator::Place::current()) {
  struct Fragments {
    uint32_t a[4], b[2];
  };
  emulator::Exchange<Fragments> all({{a[0], a[1], a[2], a[3]}, {b[0], b[1]}}, 0xffffffffu, "mma", place);
  auto half = [](uint32_t pair, unsigned k) { return __uint_as_float(k & 1 ? pair & 0xffff0000u : pair << 16); };
  unsigned lane = emulator::laneOfThread();
  for (unsigned i = 0; i < 4; i++) {
    unsigned row = lane / 4 + 8 * (i / 2);
    unsigned column = 2 * (lane % 4) + i % 2;
    float sum = 0;
    for (unsigned k = 0; k < 16; k++) {
      unsigned pair = k % 8 / 2;
      sum += half(all.of(row % 8 * 4 + pair).a[row / 8 + 2 * (k / 8)], k) * half(all.of(column * 4 + pair).b[k / 8], k);
    }
    c[i] += sum;
  }
}

namespace emulator {
inline void loadMatrix(uint32_t (&r)[4], const void* row, bool transposed, Place place) {
  if (reinterpret_cast<uintptr_t>(row) % 16 != 0) fail("ldmatrix of a row that is not aligned to 16 bytes", place);
  Exchange<const uint16_t*> rows(static_cast<const uint16_t*>(row), 0xffffffffu, "ldmatrix", place);
  unsigned lane = laneOfThread();
  unsigned outer = lane / 4;
  unsigned inner = 2 * (lane % 4);
  for (unsigned i = 0; i < 4; i++) {
    auto element = [&](unsigned y, unsigned x) { return uint32_t(rows.of(8 * i + y)[x]); };
    r[i] = transposed ? element(inner, outer) | element(inner + 1, outer) << 16
                      : element(outer, inner) | element(outer, inner + 1) << 16;
  }
  // A thread may write what another still reads of this: the instruction itself is one step.
  waitForWarp(0xffffffffu, "ldmatrix", place);
}
}  // namespace emulator

inline void loadMatrix4(uint32_t (&r)[4], const void* row, emulator::Place place = emulator::Place::current()) {
  emulator::loadMatrix(r, row, false, place);
}
inline void loadMatrix4Transposed(uint32_t (&r)[4], const void* row,
                                  emulator::Place place = emulator::Place::current()) {
  emulator::loadMatrix(r, row, true, place);
}
inline void copyAsync16(void* shared, const void* global, int valid = 16,
                        emulator::Place place = emulator::Place::current()) {
  emulator::copyLater(shared, global, valid, place);
}
inline void commitCopies() { emulator::endGroupOfCopies(); }
template <int N>
void waitForCopies() {
  emulator::finishCopies(N);
}
