// Fibers, blocks, faults and the C interface. x86-64 with Linux only: it is for tests.
#include "emulator.h"

#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#ifndef __x86_64__
#error "the emulator of CUDA kernels knows x86-64 only"
#endif

// Saves the caller's registers on its stack and goes on with another stack.
extern "C" void tnl_emulator_switch(void** save, void* next);
asm(R"(
.text
.globl tnl_emulator_switch
.hidden tnl_emulator_switch
.type tnl_emulator_switch, @function
tnl_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

namespace emulator {
namespace {

constexpr size_t PAGE = 4096;
constexpr size_t STACK = 128 * 1024;
constexpr size_t MAX_THREADS = 1024;
constexpr size_t MAX_SHARED = 227 * 1024;
constexpr size_t GUARD = 1 << 20;

std::map<std::string, Thunk>& kernels() {
  static std::map<std::string, Thunk> all;
  return all;
}

size_t roundUp(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

// ---- memory that ends at a page nobody may touch

struct Region {
  unsigned char* base;
  size_t bytes;
  unsigned char* mapping;
  size_t mapped;

  static Region of(size_t bytes) {
    size_t data = roundUp(std::max<size_t>(bytes, 1), PAGE);
    size_t mapped = data + 2 * GUARD;
    void* at = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return {};
    auto* mapping = static_cast<unsigned char*>(at);
    mprotect(mapping + GUARD, data, PROT_READ | PROT_WRITE);
    std::memset(mapping + GUARD, 0xff, data);
    return {mapping + GUARD + data - roundUp(bytes, 16), bytes, mapping, mapped};
  }
  void release() { munmap(mapping, mapped); }
  unsigned char* dataStart() const { return mapping + GUARD; }
  unsigned char* dataEnd() const { return mapping + mapped - GUARD; }

  // What lies beside the bytes on their pages is still as it was filled.
  bool untouchedBeside() const {
    auto ff = [](unsigned char x) { return x == 0xff; };
    return std::all_of(dataStart(), base, ff) && std::all_of(base + bytes, dataEnd(), ff);
  }
};

std::mutex memoryLock;
std::map<unsigned char*, Region> memory;

std::string describeAddress(const unsigned char* at) {
  std::lock_guard lock(memoryLock);
  char text[160];
  for (auto& [base, region] : memory) {
    if (at >= region.mapping && at < region.mapping + region.mapped) {
      long past = at - (region.base + region.bytes);
      long before = region.base - at;
      snprintf(text, sizeof text, "%ld bytes %s device memory of %zu bytes", before > 0 ? before : past,
               before > 0 ? "before" : "past the end of", region.bytes);
      return text;
    }
  }
  snprintf(text, sizeof text, "address %p, which is no device memory", static_cast<const void*>(at));
  return text;
}

// Stacks of a block's threads, a page that nobody may touch below each; kept for the next launch.
class Stacks {
 public:
  static Stacks take() {
    std::lock_guard lock(memoryLock);
    if (!unused().empty()) {
      Stacks stacks = unused().back();
      unused().pop_back();
      return stacks;
    }
    Stacks stacks;
    void* at = mmap(nullptr, MAX_THREADS * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    stacks.start_ = static_cast<unsigned char*>(at);
    for (size_t i = 0; i < MAX_THREADS; i++) mprotect(stacks.start_ + i * STACK, PAGE, PROT_NONE);
    return stacks;
  }
  void giveBack() {
    std::lock_guard lock(memoryLock);
    unused().push_back(*this);
  }
  unsigned char* top(size_t thread) const { return start_ + (thread + 1) * STACK; }
  bool contains(const unsigned char* at) const { return at >= start_ && at < start_ + MAX_THREADS * STACK; }

 private:
  static std::vector<Stacks>& unused() {
    static std::vector<Stacks> all;
    return all;
  }
  unsigned char* start_;
};

// ---- fibers

enum class State : uint8_t { READY, AT_WARP, AT_BLOCK, ENDED };

struct Copy {
  void* to;
  const void* from;
  int valid;
};

struct Fiber {
  void* stack;
  unsigned char* stackTop;
  uint3 thread;
  unsigned id;
  State state;
  unsigned mask;
  const char* what;
  Place place;
  int turn;
  alignas(16) unsigned char slots[3][SLOT_BYTES];
  std::vector<std::vector<Copy>> copies;
};

struct Launch {
  const char* name;
  Thunk kernel;
  void** arguments;
  dim3 grid, block;
  size_t sharedBytes;
  uint64_t seed;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex lock;
  std::string message;
};

struct Worker {
  Launch* launch;
  std::atomic<pid_t> tid{0};
  void* scheduler;
  Fiber* current;
  std::vector<Fiber> fibers;
  std::vector<unsigned> ready;
  std::vector<unsigned> waitingInWarp;
  unsigned threads, ended, atBlock;
  Stacks stacks;
  Region shared, alternate;
  uint3 block;
  uint64_t random;
  // Left by the signal handler.
  int signal;
  unsigned char* faultAddress;
  std::string failure;
};

thread_local Worker* worker;

constexpr int MAX_WORKERS = 64;
std::atomic<Worker*> workers[MAX_WORKERS];

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

void toScheduler() { tnl_emulator_switch(&worker->current->stack, worker->scheduler); }

void runThread() {
  worker->launch->kernel(worker->launch->arguments);
  worker->current->state = State::ENDED;
  toScheduler();
  __builtin_unreachable();
}

std::string where(Place place) {
  std::string file = place.file_name();
  return file.substr(file.rfind('/') + 1) + ":" + std::to_string(place.line());
}

bool samePlace(const Fiber& a, const Fiber& b) {
  return a.place.line() == b.place.line() && a.place.column() == b.place.column() && a.mask == b.mask &&
         std::strcmp(a.place.file_name(), b.place.file_name()) == 0;
}

// ---- a block

struct Block {
  Worker& w;

  void start() {
    unsigned warps = w.threads / 32;
    w.ready.clear();
    w.waitingInWarp.assign(warps, 0);
    w.ended = w.atBlock = 0;
    for (unsigned i = 0; i < w.threads; i++) {
      Fiber& f = w.fibers[i];
      dim3 b = w.launch->block;
      f.thread = {i % b.x, i / b.x % b.y, i / (b.x * b.y)};
      f.id = i;
      f.state = State::READY;
      f.turn = 0;
      f.copies.assign(1, {});
      f.stackTop = w.stacks.top(i);
      auto* top = reinterpret_cast<void**>(f.stackTop);
      top[-1] = nullptr;
      top[-2] = reinterpret_cast<void*>(&runThread);
      f.stack = top - 8;
      w.ready.push_back(i);
    }
  }

  // Until no thread can go on.
  void run() {
    start();
    while (!w.ready.empty() && !w.launch->failed.load(std::memory_order_relaxed)) {
      w.random = mix(w.random);
      size_t pick = w.random % w.ready.size();
      std::swap(w.ready[pick], w.ready.back());
      Fiber& f = w.fibers[w.ready.back()];
      w.ready.pop_back();
      w.current = &f;
      threadIdx = f.thread;
      tnl_emulator_switch(&w.scheduler, f.stack);
      if (!w.failure.empty() || w.signal != 0) return;
      arrived(f);
    }
    if (w.failure.empty() && w.ended != w.threads && !w.launch->failed) w.failure = stuck();
  }

  void arrived(Fiber& f) {
    if (f.state == State::ENDED) w.ended++;
    if (f.state == State::AT_WARP) arrivedAtWarp(f);
    if (f.state == State::AT_BLOCK && ++w.atBlock == w.threads) releaseBlock();
  }

  void arrivedAtWarp(Fiber& f) {
    unsigned& waiting = w.waitingInWarp[f.id / 32];
    Fiber* warp = &w.fibers[f.id / 32 * 32];
    if (++waiting < unsigned(__builtin_popcount(f.mask))) return;
    for (unsigned lane = 0; lane < 32; lane++) {
      if (f.mask >> lane & 1 && !(warp[lane].state == State::AT_WARP && samePlace(warp[lane], f))) return;
    }
    for (unsigned lane = 0; lane < 32; lane++) {
      if (f.mask >> lane & 1) release(warp[lane]);
    }
    waiting -= __builtin_popcount(f.mask);
  }

  void releaseBlock() {
    for (unsigned i = 0; i < w.threads; i++) {
      if (!samePlace(w.fibers[i], w.fibers[0])) {
        w.failure = "divergent barriers: " + states();
        return;
      }
    }
    for (unsigned i = 0; i < w.threads; i++) release(w.fibers[i]);
    w.atBlock = 0;
  }

  void release(Fiber& f) {
    f.state = State::READY;
    w.ready.push_back(f.id);
  }

  std::string stuck() { return "threads wait for threads that never come: " + states(); }

  // How many threads are where, and one of each.
  std::string states() {
    std::map<std::string, std::pair<int, unsigned>> all;
    for (unsigned i = 0; i < w.threads; i++) {
      Fiber& f = w.fibers[i];
      std::string at = f.state == State::ENDED   ? "ended"
                       : f.state == State::READY ? "could go on"
                                                 : std::string("in ") + f.what + " at " + where(f.place);
      auto [entry, added] = all.try_emplace(at, 0, i);
      entry->second.first++;
    }
    std::string text;
    for (auto& [at, count] : all) {
      text += (text.empty() ? "" : "; ") + std::to_string(count.first) + " " + at + " (thread " +
              std::to_string(count.second) + ")";
    }
    return text;
  }
};

// ---- faults

void landed() {
  toScheduler();
  __builtin_unreachable();
}

// A fault in a fiber makes it return to the scheduler; any other is for whoever was asked before (a JVM).
struct sigaction before[NSIG];

void onFault(int number, siginfo_t* info, void* context) {
  pid_t tid = pid_t(syscall(SYS_gettid));
  for (auto& slot : workers) {
    Worker* w = slot.load(std::memory_order_acquire);
    if (w != nullptr && w->tid.load(std::memory_order_relaxed) == tid) {
      w->signal = number;
      w->faultAddress = static_cast<unsigned char*>(info->si_addr);
      auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
      registers[REG_RSP] = reinterpret_cast<greg_t>(w->current->stackTop - 8);
      registers[REG_RIP] = reinterpret_cast<greg_t>(&landed);
      return;
    }
  }
  struct sigaction& old = before[number];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(number, info, context);
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    old.sa_handler(number);
  } else {
    sigaction(number, &old, nullptr);
  }
}

void watchFaults() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
      struct sigaction mine {};
      mine.sa_sigaction = onFault;
      mine.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
      sigaction(number, &mine, &before[number]);
    }
  });
}

std::string describeFault(Worker& w) {
  unsigned char* at = w.faultAddress;
  if (w.signal == SIGILL) return "an index outside an array's bounds, or a misaligned access";
  if (w.signal == SIGFPE) return "a whole number divided by 0";
  if (at == nullptr) return "access to a null or misaligned pointer";
  if (w.stacks.contains(at)) return "stack overflow";
  if (at >= w.shared.mapping && at < w.shared.mapping + w.shared.mapped) {
    return "access " + std::to_string(at - w.shared.base) + " bytes into shared memory of " +
           std::to_string(w.shared.bytes) + " bytes";
  }
  return "access " + describeAddress(at);
}

// ---- a launch's worker

// This thread's copies of everything declared __shared__ hold NaN before a block starts, like its other
// thread-local variables, which are set afterwards.
int poisonStatics(dl_phdr_info* info, size_t, void* ours) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const auto& header = info->dlpi_phdr[i];
    auto* start = static_cast<unsigned char*>(info->dlpi_tls_data);
    if (header.p_type == PT_TLS && start <= ours && ours < start + header.p_memsz) {
      std::memset(start, 0xff, header.p_memsz);
      return 1;
    }
  }
  return 0;
}

void prepareBlock(Worker& w, uint64_t index) {
  worker = &w;  // so that the thread has its thread-local memory
  dl_iterate_phdr(poisonStatics, &worker);
  dim3 grid = w.launch->grid;
  worker = &w;
  gridDim = grid;
  blockDim = w.launch->block;
  w.block = {unsigned(index % grid.x), unsigned(index / grid.x % grid.y), unsigned(index / grid.x / grid.y)};
  blockIdx = w.block;
  w.random = mix(w.launch->seed ^ mix(index));
  std::memset(w.shared.dataStart(), 0xff, w.shared.dataEnd() - w.shared.dataStart());
}

void fail(Worker& w) {
  if (w.signal != 0) w.failure = "thread " + std::to_string(w.current->id) + ": " + describeFault(w);
  std::lock_guard lock(w.launch->lock);
  if (!w.launch->failed.exchange(true)) {
    char block[64];
    snprintf(block, sizeof block, ", block (%u, %u, %u): ", w.block.x, w.block.y, w.block.z);
    w.launch->message = w.launch->name + std::string(block) + w.failure;
  }
}

void work(Launch& launch) {
  Worker w{};
  w.launch = &launch;
  w.threads = launch.block.x * launch.block.y * launch.block.z;
  w.fibers.resize(w.threads);
  w.stacks = Stacks::take();
  w.shared = Region::of(launch.sharedBytes);
  w.alternate = Region::of(64 * 1024);
  stack_t mine{w.alternate.base, 0, 64 * 1024}, previous{};
  sigaltstack(&mine, &previous);
  w.tid = pid_t(syscall(SYS_gettid));
  int slot = 0;
  for (Worker* none = nullptr; !workers[slot].compare_exchange_strong(none, &w); none = nullptr) {
    slot = (slot + 1) % MAX_WORKERS;
  }
  uint64_t blocks = uint64_t(launch.grid.x) * launch.grid.y * launch.grid.z;
  for (uint64_t i = launch.next++; i < blocks && !launch.failed; i = launch.next++) {
    prepareBlock(w, i);
    Block{w}.run();
    if (w.failure.empty() && w.signal == 0 && !w.shared.untouchedBeside()) {
      w.failure = "writes beside its shared memory of " + std::to_string(w.shared.bytes) + " bytes";
    }
    if (!w.failure.empty() || w.signal != 0) fail(w);
  }
  workers[slot] = nullptr;
  sigaltstack(&previous, nullptr);
  w.stacks.giveBack();
  w.shared.release();
  w.alternate.release();
}

std::atomic<uint64_t> seed{1};

std::string refuse(const Launch& l) {
  unsigned threads = l.block.x * l.block.y * l.block.z;
  if (l.kernel == nullptr) return std::string("no kernel ") + l.name;
  if (threads == 0 || threads > MAX_THREADS || threads % 32 != 0) {
    return "a block of " + std::to_string(threads) + " threads: whole warps, at most 1024 threads";
  }
  if (l.grid.x == 0 || l.grid.y == 0 || l.grid.z == 0 || l.grid.y > 65535 || l.grid.z > 65535) return "impossible grid";
  if (l.sharedBytes > MAX_SHARED) return std::to_string(l.sharedBytes) + " bytes of shared memory";
  return "";
}

std::string besideMemory() {
  std::lock_guard lock(memoryLock);
  for (auto& [base, region] : memory) {
    if (!region.untouchedBeside()) return "writes beside device memory of " + std::to_string(region.bytes) + " bytes";
  }
  return "";
}

std::string emulate(Launch& launch) {
  std::string refused = refuse(launch);
  if (!refused.empty()) return refused;
  watchFaults();
  uint64_t blocks = uint64_t(launch.grid.x) * launch.grid.y * launch.grid.z;
  uint64_t count = std::min<uint64_t>({blocks, std::max(1u, std::thread::hardware_concurrency()), MAX_WORKERS});
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < count; i++) threads.emplace_back([&] { work(launch); });
  for (auto& thread : threads) thread.join();
  std::string beside = launch.failed ? "" : besideMemory();
  return launch.failed ? launch.message : beside.empty() ? "" : launch.name + std::string(": ") + beside;
}

}  // namespace

// ---- what emulator.h declares

Registration::Registration(const char* name, Thunk thunk) { kernels()[name] = thunk; }

void* dynamicShared() { return worker->shared.base; }

unsigned laneOfThread() { return worker->current->id % 32; }

namespace {
void wait(State state, unsigned mask, const char* what, Place place) {
  Fiber& f = *worker->current;
  f.mask = mask;
  f.what = what;
  f.place = place;
  f.state = state;
  toScheduler();
}
}  // namespace

void waitForBlock(const char* what, Place place) { wait(State::AT_BLOCK, 0, what, place); }

void waitForWarp(unsigned mask, const char* what, Place place) {
  if (!(mask >> laneOfThread() & 1)) fail("waits with a mask that leaves the thread itself out", place);
  wait(State::AT_WARP, mask, what, place);
}

void fail(const char* what, Place place) {
  worker->failure = "thread " + std::to_string(worker->current->id) + " " + what + " at " + where(place);
  toScheduler();
  __builtin_unreachable();
}

int show(const void* bytes, int size, unsigned mask, const char* what, Place place) {
  Fiber& f = *worker->current;
  int slot = mask == 0xffffffffu ? (f.turn ^= 1) : 2;
  std::memcpy(f.slots[slot], bytes, size);
  waitForWarp(mask, what, place);
  return slot;
}

const void* shown(int slot, unsigned lane) {
  return worker->fibers[worker->current->id / 32 * 32 + lane].slots[slot];
}

// Until it is waited for, a copy's target holds NaN.
void copyLater(void* to, const void* from, int valid, Place place) {
  auto* bytes = static_cast<unsigned char*>(to);
  Region& shared = worker->shared;
  if (bytes < shared.base || bytes + 16 > shared.base + shared.bytes) fail("copies to outside shared memory", place);
  if (reinterpret_cast<uintptr_t>(to) % 16 != 0) fail("copies to an address that is not aligned to 16 bytes", place);
  if (valid > 0 && reinterpret_cast<uintptr_t>(from) % 16 != 0) {
    fail("copies from an address that is not aligned to 16 bytes", place);
  }
  std::memset(to, 0xff, 16);
  worker->current->copies.back().push_back({to, from, valid});
}

void endGroupOfCopies() { worker->current->copies.emplace_back(); }

// The last group is the one being gathered; copies of which no group was made do not arrive.
void finishCopies(int allBut) {
  auto& groups = worker->current->copies;
  while (int(groups.size()) - 1 > allBut) {
    for (Copy copy : groups.front()) {
      std::memset(copy.to, 0, 16);
      if (copy.valid > 0) std::memcpy(copy.to, copy.from, copy.valid);
    }
    groups.erase(groups.begin());
  }
}

}  // namespace emulator

// ---- the C interface

extern "C" {

// 0, or 1 with a message of what went wrong. Arguments as cuLaunchKernel takes them.
int tnl_emulate(const char* kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                unsigned sharedBytes, void** arguments, char* message, int messageBytes) {
  using namespace emulator;
  static std::mutex one;
  std::lock_guard lock(one);
  auto found = kernels().find(kernel);
  Launch launch{kernel, found == kernels().end() ? nullptr : found->second, arguments, {gx, gy, gz}, {bx, by, bz},
                sharedBytes, seed = mix(seed)};
  std::string failure = emulate(launch);
  if (failure.empty()) return 0;
  snprintf(message, messageBytes, "%s", failure.c_str());
  return 1;
}

// Device memory full of NaN (every byte 0xff), aligned to 16 bytes; null if there is none.
void* tnl_emulator_alloc(size_t bytes) {
  using namespace emulator;
  Region region = Region::of(bytes);
  if (region.base == nullptr) return nullptr;
  std::lock_guard lock(memoryLock);
  memory[region.base] = region;
  return region.base;
}

void tnl_emulator_free(void* at) {
  using namespace emulator;
  std::lock_guard lock(memoryLock);
  auto found = memory.find(static_cast<unsigned char*>(at));
  if (found == memory.end()) return;
  found->second.release();
  memory.erase(found);
}

// The order of threads in the launches that follow.
void tnl_emulator_seed(uint64_t seed) { emulator::seed = seed; }
}
