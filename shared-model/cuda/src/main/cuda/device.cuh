// What every kernel includes: the few device operations that are not plain C++, each as one function.
// nvcc sees CUDA and inline PTX; with -DTNL_EMULATED g++ sees the emulator, which runs the same
// sources on the CPU (src/test/cuda/emulator). Kernels name no other header of CUDA's.
#pragma once

#ifdef TNL_EMULATED
#include "emulator.h"
#else
#include <cuda_bf16.h>
#include <cstdint>
#endif

using bf16 = __nv_bfloat16;

constexpr unsigned ALL_LANES = 0xffffffffu;

// After a kernel's definition: makes it callable by name under emulation (or by whoever defined it before). Arguments are pointers and numbers.
#ifdef TNL_EMULATED
#define KERNEL(name) static const emulator::Registration registration_##name(#name, emulator::thunk<name>)
#elif !defined(KERNEL)
#define KERNEL(name) static_assert(true)
#endif

// The launch's dynamic shared memory, aligned to 1,024 bytes; by emulation to 16.
#ifdef TNL_EMULATED
#define DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(emulator::dynamicShared())
#else
#define DYNAMIC_SHARED(type, name)                             \
  extern __shared__ __align__(1024) unsigned char tnl_shared[]; \
  type* name = reinterpret_cast<type*>(tnl_shared)
#endif

__device__ __forceinline__ float toFloat(float x) { return x; }
__device__ __forceinline__ float toFloat(bf16 x) { return __bfloat162float(x); }

// Rounds to nearest, ties to even.
template <class T>
__device__ __forceinline__ T fromFloat(float x);
template <>
__device__ __forceinline__ float fromFloat<float>(float x) {
  return x;
}
template <>
__device__ __forceinline__ bf16 fromFloat<bf16>(float x) {
  return __float2bfloat16_rn(x);
}

// Two bf16 in a register; the first in the lower half, as tensor cores and memory order want it.
__device__ __forceinline__ uint32_t packBf16(float first, float second) {
#ifdef TNL_EMULATED
  return uint32_t(__float2bfloat16_rn(first).bits) | uint32_t(__float2bfloat16_rn(second).bits) << 16;
#else
  uint32_t packed;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(second), "f"(first));
  return packed;
#endif
}

__device__ __forceinline__ float firstOfPair(uint32_t pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float secondOfPair(uint32_t pair) { return __uint_as_float(pair & 0xffff0000u); }

#ifndef TNL_EMULATED

// A barrier of the whole block that warps with different tasks reach in different places; __syncthreads is one place.
__device__ __forceinline__ void meetBlock() { asm volatile("bar.sync 1, %0;" ::"r"(blockDim.x) : "memory"); }

__device__ __forceinline__ uint32_t sharedAddress(const void* shared) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(shared));
}

// For kernels that are launched in a chain (Launcher.launchChained), where one may begin before its predecessor has
// ended. Before this wait a kernel touches nothing that its predecessors write. Elsewhere, and before sm_90, it returns at
// once.
__device__ __forceinline__ void waitForEarlierKernels() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// From here on in all blocks, the next kernel of a chain may begin.
__device__ __forceinline__ void letNextKernelBegin() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

// c += a b for one warp: a [16, 16] row by row, b [16, 8] column by column, c [16, 8]. With g = lane / 4 and
// t = lane % 4: a's registers hold rows g, g + 8, g, g + 8 and columns 2t, 2t + 1 of the first and then the
// second half; b's hold rows 2t, 2t + 1 of the first and the second half, column g; c[i] is row g + 8 (i / 2),
// column 2t + i % 2 (PTX ISA, mma.m16n8k16).
__device__ __forceinline__ void mmaBf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Four 8 x 8 tiles of 16-bit elements: lane l names row l % 8 of tile l / 8 (16 bytes, aligned); of tile i the
// lane receives in r[i] elements 2 (l % 4) and the next of row l / 4; transposed: of column l / 4.
__device__ __forceinline__ void loadMatrix4(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(sharedAddress(row))
               : "memory");
}

__device__ __forceinline__ void loadMatrix4Transposed(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(sharedAddress(row))
               : "memory");
}

// 16 bytes from global to shared memory, both aligned, of which the first `valid` are read and the others
// become 0. They are there after waitForCopies and, for other threads, a barrier.
__device__ __forceinline__ void copyAsync16(void* shared, const void* global, int valid = 16) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(shared)), "l"(global), "r"(valid)
               : "memory");
}

// Ends a group of copies.
__device__ __forceinline__ void commitCopies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits for all groups of this thread but the last N.
template <int N>
__device__ __forceinline__ void waitForCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
}

#endif
