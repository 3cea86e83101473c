// NVIDIA's driver for tests: the calls that the backend makes, on memory and kernels of the emulator (kernels.so, in the
// same folder). It shows that JCuda's arguments arrive, that copies go the right way, and that a recorded graph does what
// was recorded: inside a capture nothing is done, and a graph does it with the arguments of then.
#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr int SUCCESS = 0, INVALID = 1, NOT_FOUND = 500, LAUNCH_FAILED = 719;
constexpr int SLOTS = 40;  // of 8 bytes, which every launch of the backend brings along

using Emulate = int (*)(const char*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**, char*,
                        int);

using Work = std::function<int()>;
using Graph = std::vector<Work>;
Graph* capture = nullptr;

struct Library {
  Emulate emulate;
  void* (*allocate)(size_t);
  void (*release)(void*);

  Library() {
    Dl_info self;
    dladdr(reinterpret_cast<void*>(&capture), &self);
    std::string path = self.dli_fname;
    path = path.substr(0, path.rfind('/')) + "/kernels.so";
    void* kernels = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (kernels == nullptr) {
      fprintf(stderr, "%s\n", dlerror());
      abort();
    }
    emulate = reinterpret_cast<Emulate>(dlsym(kernels, "tnl_emulate"));
    allocate = reinterpret_cast<void* (*)(size_t)>(dlsym(kernels, "tnl_emulator_alloc"));
    release = reinterpret_cast<void (*)(void*)>(dlsym(kernels, "tnl_emulator_free"));
  }
};

const Library& library() {
  static Library one;
  return one;
}

int doOrRecord(Work work) {
  if (capture == nullptr) return work();
  capture->push_back(std::move(work));
  return SUCCESS;
}

int launch(const char* kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
           unsigned shared, std::vector<uint64_t> values) {
  void* arguments[SLOTS];
  for (int i = 0; i < SLOTS; i++) arguments[i] = &values[i];
  char message[1000] = "";
  if (library().emulate(kernel, gx, gy, gz, bx, by, bz, shared, arguments, message, sizeof message) == 0) return SUCCESS;
  fprintf(stderr, "%s: %s\n", kernel, message);
  return LAUNCH_FAILED;
}

}  // namespace

extern "C" {

using Address = unsigned long long;

int cuInit(unsigned) { return SUCCESS; }
int cuDeviceGetCount(int* count) { return *count = 1, SUCCESS; }
int cuDeviceGet(int* device, int) { return *device = 0, SUCCESS; }
int cuDeviceGetName(char* name, int length, int) { return snprintf(name, length, "emulated GPU"), SUCCESS; }
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 4 : 0;  // capability 9.0, 4 multiprocessors
  return SUCCESS;
}
int cuDevicePrimaryCtxRetain(void** context, int) { return *context = &capture, SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
int cuCtxSetCurrent(void*) { return SUCCESS; }
int cuStreamCreate(void** stream, unsigned) { return *stream = &capture, SUCCESS; }
int cuStreamDestroy_v2(void*) { return SUCCESS; }
int cuStreamSynchronize(void*) { return capture == nullptr ? SUCCESS : INVALID; }
int cuEventCreate(void** event, unsigned) { return *event = &capture, SUCCESS; }
int cuEventRecord(void*, void*) { return SUCCESS; }
int cuEventSynchronize(void*) { return SUCCESS; }
int cuEventDestroy_v2(void*) { return SUCCESS; }
int cuEventElapsedTime(float* millis, void*, void*) { return *millis = 1, SUCCESS; }

int cuMemAlloc_v2(Address* address, size_t bytes) {
  *address = reinterpret_cast<Address>(library().allocate(bytes));
  return *address == 0 ? 2 : SUCCESS;
}
int cuMemFree_v2(Address address) { return library().release(reinterpret_cast<void*>(address)), SUCCESS; }
int cuMemAllocHost_v2(void** memory, size_t bytes) { return (*memory = malloc(bytes)) == nullptr ? 2 : SUCCESS; }
int cuMemFreeHost(void* memory) { return free(memory), SUCCESS; }
int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void*) {
  return doOrRecord([=] { return memcpy(reinterpret_cast<void*>(to), from, bytes), SUCCESS; });
}
int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void*) {
  return doOrRecord([=] { return memcpy(to, reinterpret_cast<void*>(from), bytes), SUCCESS; });
}
int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void*) {
  return doOrRecord([=] { return memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes), SUCCESS; });
}
int cuMemsetD8Async(Address at, unsigned char value, size_t bytes, void*) {
  return doOrRecord([=] { return memset(reinterpret_cast<void*>(at), value, bytes), SUCCESS; });
}

int cuModuleLoadData(void** module, const void*) { return *module = &capture, SUCCESS; }
int cuModuleUnload(void*) { return SUCCESS; }
int cuModuleGetFunction(void** function, void*, const char* name) {
  return *function = strdup(name), SUCCESS;
}
int cuFuncSetAttribute(void*, int, int) { return SUCCESS; }
struct LaunchConfig {
  unsigned gx, gy, gz, bx, by, bz, shared;
  void* stream;
  void* attributes;
  unsigned count;
};
int cuLaunchKernelEx(const LaunchConfig* config, void* function, void** arguments, void**) {
  if (config->count > 1) return INVALID;
  std::vector<uint64_t> values(SLOTS);
  for (int i = 0; i < SLOTS; i++) memcpy(&values[i], arguments[i], sizeof values[i]);
  const char* kernel = static_cast<const char*>(function);
  LaunchConfig c = *config;
  return doOrRecord([=] { return launch(kernel, c.gx, c.gy, c.gz, c.bx, c.by, c.bz, c.shared, values); });
}

int cuStreamBeginCapture_v2(void*, int) { return capture = new Graph(), SUCCESS; }
int cuStreamEndCapture(void*, void** graph) {
  *graph = capture;
  capture = nullptr;
  return SUCCESS;
}
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  return *executable = new Graph(*static_cast<Graph*>(graph)), SUCCESS;
}
int cuGraphDestroy(void* graph) { return delete static_cast<Graph*>(graph), SUCCESS; }
int cuGraphExecDestroy(void* graph) { return delete static_cast<Graph*>(graph), SUCCESS; }
int cuGraphLaunch(void* executable, void*) {
  for (const Work& work : *static_cast<Graph*>(executable)) {
    if (int status = work()) return status;
  }
  return SUCCESS;
}
}
