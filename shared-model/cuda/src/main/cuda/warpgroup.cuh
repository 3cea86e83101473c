// What four warps together (a warpgroup) can do on compute capability 9.0 alone: products whose operands lie in shared
// memory (wgmma), barriers of some warps, registers that change hands. Its operations exist for sm_90a only.
//
// Matrices lie in shared memory in panels of 64 columns, 128 bytes a row, one panel after the other; of row r the eight
// pieces of 16 bytes have changed places by XOR with r % 8 (the 128-byte swizzle), so that eight rows of a column of pieces
// are in different banks. A panel begins at a multiple of 1,024 bytes.
//
// Source: PTX ISA, asynchronous warpgroup-level matrix instructions; matrix descriptor; canonical layouts.
#pragma once

#include "device.cuh"

constexpr int WARPGROUP = 128;
constexpr int PANEL = 64;  // columns

// Element of a matrix of so many rows; column % 8 == 0.
__device__ __forceinline__ int inPanels(int rows, int row, int column) {
  return column / PANEL * rows * PANEL + row * PANEL + (column % PANEL / 8 ^ row % 8) * 8;
}

#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define TNL_WARPGROUPS

// How wgmma finds a matrix of so many rows.
__device__ __forceinline__ uint64_t describe(const bf16* panels, int rows) {
  constexpr uint64_t SWIZZLE_128 = 1ull << 62;
  constexpr uint64_t EIGHT_ROWS = uint64_t(8 * PANEL * sizeof(bf16) / 16) << 32;
  uint64_t panel = uint64_t(rows * PANEL * int(sizeof(bf16)) / 16) << 16;
  return SWIZZLE_128 | EIGHT_ROWS | panel | (sharedAddress(panels) & 0x3ffff) / 16;
}
// What to add to it for the i-th sixteen columns, where sums go along columns, or rows, where they go along rows.
__device__ __forceinline__ uint64_t alongColumns(int rows, int i) { return i / 4 * (rows * PANEL / 8) + i % 4 * 2; }
__device__ __forceinline__ uint64_t alongRows(int i) { return i * 16 * PANEL / 8; }

// What threads wrote to shared memory themselves (copies too, once waited for) is seen by the products of those who pass
// the barrier that follows.
__device__ __forceinline__ void showToProducts() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// Registers may be used by the products that follow.
__device__ __forceinline__ void beginProducts() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

// Ends a group of products.
__device__ __forceinline__ void commitProducts() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// Sums may be used when all groups but the last N are done.
template <int N, int TILES>
__device__ __forceinline__ void waitForProducts(float (&sums)[TILES][4]) {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(N) : "memory");
#pragma unroll
  for (int n = 0; n < TILES; n++) {
#pragma unroll
    for (int i = 0; i < 4; i++) asm volatile("" : "+f"(sums[n][i])::"memory");  // not before here
  }
}

#define TNL_SUMS(c, n) "+f"(c[n][0]), "+f"(c[n][1]), "+f"(c[n][2]), "+f"(c[n][3])
#define TNL_SUMS_64(c)                                                                                            \
  TNL_SUMS(c, 0), TNL_SUMS(c, 1), TNL_SUMS(c, 2), TNL_SUMS(c, 3), TNL_SUMS(c, 4), TNL_SUMS(c, 5), TNL_SUMS(c, 6), \
      TNL_SUMS(c, 7)
#define TNL_SUMS_128(c)                                                                                            \
  TNL_SUMS_64(c), TNL_SUMS(c, 8), TNL_SUMS(c, 9), TNL_SUMS(c, 10), TNL_SUMS(c, 11), TNL_SUMS(c, 12), TNL_SUMS(c, 13), \
      TNL_SUMS(c, 14), TNL_SUMS(c, 15)
#define TNL_NAMES_64                                                                                                 \
  "%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30," \
  "%31"
#define TNL_NAMES_128                                                                                            \
  TNL_NAMES_64                                                                                                   \
  ",%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58," \
  "%59,%60,%61,%62,%63"

// sums (+)= a b: a [64, 16] with its columns in a row of memory, b [16, N], in memory as it is (BY_ROWS) or transposed.
// Warp w of the four has rows 16 w ... 16 w + 15, in fragments like mmaBf16's.
template <bool BY_ROWS>
__device__ __forceinline__ void multiply(float (&sums)[8][4], uint64_t a, uint64_t b, bool add) {
  asm volatile(
      "{\n.reg .pred add;\nsetp.ne.b32 add, %34, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {" TNL_NAMES_64 "}, %32, %33, add, 1, 1, 0, %35;\n}"
      : TNL_SUMS_64(sums)
      : "l"(a), "l"(b), "r"(int(add)), "n"(int(BY_ROWS)));
}
template <bool BY_ROWS>
__device__ __forceinline__ void multiply(float (&sums)[16][4], uint64_t a, uint64_t b, bool add) {
  asm volatile(
      "{\n.reg .pred add;\nsetp.ne.b32 add, %66, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {" TNL_NAMES_128 "}, %64, %65, add, 1, 1, 0, %67;\n}"
      : TNL_SUMS_128(sums)
      : "l"(a), "l"(b), "r"(int(add)), "n"(int(BY_ROWS)));
}

// sums += a b: a in registers, a fragment like mmaBf16's for each warp's sixteen rows; b [16, N] as it lies in memory.
__device__ __forceinline__ void multiply(float (&sums)[8][4], const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {" TNL_NAMES_64
               "}, {%32,%33,%34,%35}, %36, 1, 1, 1, 1;"
               : TNL_SUMS_64(sums)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
__device__ __forceinline__ void multiply(float (&sums)[16][4], const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {" TNL_NAMES_128
               "}, {%64,%65,%66,%67}, %68, 1, 1, 1, 1;"
               : TNL_SUMS_128(sums)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}

// The opposite of loadMatrix4.
__device__ __forceinline__ void storeMatrix4(void* row, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};" ::"r"(sharedAddress(row)), "r"(a), "r"(b),
               "r"(c), "r"(d)
               : "memory");
}

// Barrier `id` of so many threads: those who come and wait, and those who only say that they have been there.
__device__ __forceinline__ void meet(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
__device__ __forceinline__ void signal(int id, int threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

// The registers of a thread of this warpgroup from here on; all of a block's together stay as many as it was launched with.
template <int N>
__device__ __forceinline__ void setRegisters() {
  if constexpr (N > 128) {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N));
  } else {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N));
  }
}

#endif
