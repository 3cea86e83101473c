// One face for tests of kernels by name: the emulator, or a card through CUDA's runtime (-DTNL_CARD, nvcc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#ifdef TNL_CARD
#include <cuda_runtime.h>

inline std::map<std::string, const void*>& kernelsOfCard() {
  static std::map<std::string, const void*> all;
  return all;
}
struct KernelOfCard {
  KernelOfCard(const char* name, const void* kernel) { kernelsOfCard()[name] = kernel; }
};
#define KERNEL(name) static const KernelOfCard registration_##name(#name, (const void*)name)

inline void require(cudaError_t status, const char* what) {
  if (status != cudaSuccess) {
    printf("%s: %s\n", what, cudaGetErrorString(status));
    exit(2);
  }
}
#else
extern "C" {
int tnl_emulate(const char*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**, char*, int);
void* tnl_emulator_alloc(size_t);
void tnl_emulator_free(void*);
void tnl_emulator_seed(uint64_t);
}
#endif

// Device memory full of NaN.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(size_t n) : n_(n) {
#ifdef TNL_CARD
    require(cudaMalloc(&at_, n * sizeof(T) + 1), "cudaMalloc");
#else
    at_ = static_cast<T*>(tnl_emulator_alloc(n * sizeof(T)));
#endif
    poison();
  }
  explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.size()) { write(host); }
  DeviceArray(const DeviceArray&) = delete;
  ~DeviceArray() {
#ifdef TNL_CARD
    cudaFree(at_);
#else
    tnl_emulator_free(at_);
#endif
  }
  void poison() {
#ifdef TNL_CARD
    require(cudaMemset(at_, 0xff, n_ * sizeof(T)), "cudaMemset");
#else
    memset(at_, 0xff, n_ * sizeof(T));
#endif
  }
  void write(const std::vector<T>& host) {
#ifdef TNL_CARD
    require(cudaMemcpy(at_, host.data(), n_ * sizeof(T), cudaMemcpyHostToDevice), "copy to the card");
#else
    memcpy(at_, host.data(), n_ * sizeof(T));
#endif
  }
  std::vector<T> read() const {
    std::vector<T> host(n_);
#ifdef TNL_CARD
    require(cudaMemcpy(host.data(), at_, n_ * sizeof(T), cudaMemcpyDeviceToHost), "copy from the card");
#else
    memcpy(host.data(), at_, n_ * sizeof(T));
#endif
    return host;
  }
  T* at() const { return at_; }
  size_t size() const { return n_; }

 private:
  T* at_ = nullptr;
  size_t n_;
};

// A matrix on the device.
template <class T>
struct Rows {
  T* at;
  int stride;
};

struct Grid {
  unsigned x, y = 1, z = 1;
};

// A kernel by name; its failure ends the program with what the launch said.
template <class... A>
void launch(const std::string& name, Grid grid, unsigned threads, unsigned sharedBytes, A... arguments) {
  void* all[] = {&arguments...};
#ifdef TNL_CARD
  const void* kernel = kernelsOfCard()[name];
  if (kernel == nullptr) {
    printf("no kernel %s\n", name.c_str());
    exit(2);
  }
  if (sharedBytes > 48 * 1024) {
    require(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, sharedBytes), "shared memory");
  }
  require(cudaLaunchKernel(kernel, dim3(grid.x, grid.y, grid.z), dim3(threads), all, sharedBytes, 0), name.c_str());
  require(cudaGetLastError(), name.c_str());
#else
  char message[1024] = "";
  if (tnl_emulate(name.c_str(), grid.x, grid.y, grid.z, threads, 1, 1, sharedBytes, all, message, sizeof message)) {
    printf("%s\n", message);
    exit(2);
  }
#endif
}
