// NVIDIA's driver for tests: the calls that the backend makes, on memory and kernels of the emulator (kernels.so, in the
// same folder). It shows that JCuda's arguments arrive, that copies go the right way, that a recorded graph does what
// was recorded, and that streams wait for each other (streams.h). Each thread has a GPU of its own.
#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "streams.h"

namespace {

using namespace driver;

constexpr int LAUNCH_FAILED = 719;
constexpr int SLOTS = 40;  // of 8 bytes, which every launch of the backend brings along

using Emulate = int (*)(const char*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**, char*,
                        int);

char object;  // what handles point to that stand for nothing
thread_local char gpu;
std::mutex streamsLock;
std::map<Stream*, const char*> streams;  // and whose they are

struct Library {
  Emulate emulate;
  void* (*allocate)(size_t);
  void (*release)(void*);

  Library() {
    Dl_info self;
    dladdr(&object, &self);
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

Stream& stream(void* handle) { return *static_cast<Stream*>(handle); }

std::vector<Stream*> streamsHere() {
  std::lock_guard lock(streamsLock);
  std::vector<Stream*> here;
  for (auto& [each, owner] : streams) {
    if (owner == &gpu) here.push_back(each);
  }
  return here;
}

int synchronizeAll() {
  for (Stream* each : streamsHere()) {
    if (each->captured == nullptr) {
      if (int status = each->own.run()) return status;
    }
  }
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
  // Capability 9.0, 4 multiprocessors, shared memory of a block.
  *value = attribute == 75 ? 9 : attribute == 16 ? 4 : attribute == 97 ? 227 * 1024 : 0;
  return SUCCESS;
}
int cuDevicePrimaryCtxRetain(void** context, int) { return *context = &object, SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
int cuCtxSetCurrent(void*) { return SUCCESS; }
int cuCtxGetStreamPriorityRange(int* least, int* greatest) { return *least = 0, *greatest = -5, SUCCESS; }
int cuStreamCreate(void** stream, unsigned) {
  Stream* created = new Stream();
  std::lock_guard lock(streamsLock);
  streams[created] = &gpu;
  return *stream = created, SUCCESS;
}
int cuStreamCreateWithPriority(void** stream, unsigned flags, int) {
  cuStreamCreate(stream, flags);
  static_cast<Stream*>(*stream)->own.side = true;
  return SUCCESS;
}
int cuStreamDestroy_v2(void* handle) {
  std::lock_guard lock(streamsLock);
  streams.erase(&stream(handle));
  return delete &stream(handle), SUCCESS;
}
int cuStreamSynchronize(void* handle) { return stream(handle).synchronize(); }
int cuStreamWaitEvent(void* handle, void* event, unsigned) { return wait(stream(handle), *static_cast<Event*>(event)); }
int cuEventCreate(void** event, unsigned) { return *event = new Event(), SUCCESS; }
int cuEventRecord(void* event, void* handle) { return static_cast<Event*>(event)->record(stream(handle)), SUCCESS; }
int cuEventSynchronize(void* event) { return static_cast<Event*>(event)->synchronize(); }
int cuEventDestroy_v2(void* event) { return delete static_cast<Event*>(event), SUCCESS; }
int cuEventElapsedTime(float* millis, void*, void*) { return *millis = 1, SUCCESS; }

int cuMemAlloc_v2(Address* address, size_t bytes) {
  *address = reinterpret_cast<Address>(library().allocate(bytes));
  return *address == 0 ? 2 : SUCCESS;
}
int cuMemFree_v2(Address address) {
  int status = synchronizeAll();
  return library().release(reinterpret_cast<void*>(address)), status;
}
int cuMemGetInfo_v2(size_t* free, size_t* total) { return *free = *total = size_t(1) << 30, SUCCESS; }
int cuMemAllocHost_v2(void** memory, size_t bytes) { return (*memory = malloc(bytes)) == nullptr ? 2 : SUCCESS; }
int cuMemFreeHost(void* memory) { return free(memory), SUCCESS; }
int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* on) {
  return stream(on).push([=] { return memcpy(reinterpret_cast<void*>(to), from, bytes), SUCCESS; });
}
int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* on) {
  return stream(on).push([=] { return memcpy(to, reinterpret_cast<void*>(from), bytes), SUCCESS; });
}
int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* on) {
  return stream(on).push([=] { return memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes), SUCCESS; });
}
int cuMemsetD8Async(Address at, unsigned char value, size_t bytes, void* on) {
  return stream(on).push([=] { return memset(reinterpret_cast<void*>(at), value, bytes), SUCCESS; });
}

int cuModuleLoadData(void** module, const void*) { return *module = &object, SUCCESS; }
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
  return stream(c.stream).push([=] { return launch(kernel, c.gx, c.gy, c.gz, c.bx, c.by, c.bz, c.shared, values); });
}

int cuStreamBeginCapture_v2(void* handle, int) {
  Stream& begun = stream(handle);
  begun.capture = std::make_shared<Graph>();
  begun.captured = begun.capture->add();
  return SUCCESS;
}
int cuStreamEndCapture(void* handle, void** graph) {
  std::shared_ptr<Graph> captured = stream(handle).capture;
  for (Stream* each : streamsHere()) {
    if (each->capture == captured) {
      each->capture = nullptr;
      each->captured = nullptr;
    }
  }
  captured->ended = true;
  *graph = new std::shared_ptr<Graph>(captured);
  return captured->joined() ? SUCCESS : UNJOINED;
}
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  return *executable = new std::shared_ptr<Graph>(*static_cast<std::shared_ptr<Graph>*>(graph)), SUCCESS;
}
int cuGraphDestroy(void* graph) { return delete static_cast<std::shared_ptr<Graph>*>(graph), SUCCESS; }
int cuGraphExecDestroy(void* graph) { return delete static_cast<std::shared_ptr<Graph>*>(graph), SUCCESS; }
int cuGraphLaunch(void* executable, void* on) {
  std::shared_ptr<Graph> graph = *static_cast<std::shared_ptr<Graph>*>(executable);
  return stream(on).push([=] { return graph->run(); });
}

// Whether a stream beside the first is done at once, or as late as it can be.
void tnl_driver_side_early(int early) { sideIsEarly = early != 0; }

// For the emulated NCCL: work that a library of its own gives to a stream.
int tnl_driver_enqueue(void* on, int (*work)(void*), void* argument, void (*release)(void*)) {
  std::shared_ptr<void> held(argument, release);
  return stream(on).push([=] { return work(held.get()); });
}
}
