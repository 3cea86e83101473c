// NCCL for tests: ranks that are threads or processes of one machine, on memory that they share, with the emulated driver's
// streams (libcuda.so.1, in the same folder). Sums run over the ranks in their order. Ranks that ask for different things
// at the same time, which the real one answers with a hang or with nonsense, are told so.
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

constexpr int SUCCESS = 0, SYSTEM_ERROR = 2, INVALID_ARGUMENT = 4, REMOTE_ERROR = 6;
constexpr int LAUNCH_FAILED = 719;
constexpr int MOST_RANKS = 16;
constexpr size_t SLOT = 1 << 20;
constexpr int PATIENCE_SECONDS = 120;
constexpr int FLOAT = 7, DOUBLE = 8, BF16 = 9;

struct Call {
  int operation, type, root;
  size_t bytes;
  bool operator==(const Call&) const = default;
};

struct Mailbox {
  std::atomic<uint32_t> full;
  size_t bytes;
};

// What the ranks of one communicator share; their slots and mailboxes' contents follow.
struct Board {
  std::atomic<uint32_t> arrived, round;
  Call calls[MOST_RANKS];
  int colors[MOST_RANKS], keys[MOST_RANKS];
  Mailbox mail[MOST_RANKS][MOST_RANKS];
};

struct Comm {
  std::string path;
  Board* board;
  size_t mapped;
  int rank, size;
  int splits = 0;
  std::atomic<bool> aborted{false};
  std::atomic<int> error{SUCCESS};

  char* slot(int of) { return reinterpret_cast<char*>(board) + sizeof(Board) + size_t(of) * SLOT; }
  char* mail(int from, int to) { return slot(size + from * size + to); }
};

int open(Comm& comm) {
  int file = ::open(comm.path.c_str(), O_RDWR | O_CREAT, 0600);
  if (file < 0) return SYSTEM_ERROR;
  comm.mapped = sizeof(Board) + size_t(comm.size + comm.size * comm.size) * SLOT;
  bool sized = ftruncate(file, off_t(comm.mapped)) == 0;
  void* at = sized ? mmap(nullptr, comm.mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  close(file);
  if (at == MAP_FAILED) return SYSTEM_ERROR;
  comm.board = static_cast<Board*>(at);
  return SUCCESS;
}

// False when the communicator was aborted, or nobody came for too long.
bool until(Comm& comm, const std::function<bool()>& holds) {
  for (long tries = 0; !holds(); tries++) {
    if (comm.aborted) return false;
    if (tries < 1000) {
      sched_yield();
    } else {
      usleep(100);
      if (tries > PATIENCE_SECONDS * 10000L) {
        comm.error = REMOTE_ERROR;
        return false;
      }
    }
  }
  return true;
}

bool meet(Comm& comm) {
  Board& board = *comm.board;
  uint32_t round = board.round.load();
  if (board.arrived.fetch_add(1) + 1 == uint32_t(comm.size)) {
    board.arrived = 0;
    board.round++;
    return true;
  }
  return until(comm, [&] { return board.round.load() != round; });
}

size_t sizeOf(int type) { return type == DOUBLE ? 8 : type == FLOAT ? 4 : type == BF16 ? 2 : 1; }

template <class T, class Add>
void sum(Comm& comm, void* to, size_t bytes, Add add) {
  std::vector<T> total(bytes / sizeof(T));
  std::memcpy(total.data(), comm.slot(0), bytes);
  for (int other = 1; other < comm.size; other++) {
    const T* more = reinterpret_cast<const T*>(comm.slot(other));
    for (size_t i = 0; i < total.size(); i++) total[i] = add(total[i], more[i]);
  }
  std::memcpy(to, total.data(), bytes);
}

uint16_t addBf16(uint16_t a, uint16_t b) {
  auto wide = [](uint16_t x) {
    uint32_t bits = uint32_t(x) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
  };
  float result = wide(a) + wide(b);
  uint32_t bits;
  std::memcpy(&bits, &result, 4);
  if (result != result) return 0x7fff;
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void sum(Comm& comm, void* to, size_t bytes, int type) {
  if (type == FLOAT) sum<float>(comm, to, bytes, [](float a, float b) { return a + b; });
  if (type == DOUBLE) sum<double>(comm, to, bytes, [](double a, double b) { return a + b; });
  if (type == BF16) sum<uint16_t>(comm, to, bytes, addBf16);
}

enum Operation { ALL_REDUCE, REDUCE, BROADCAST };

bool collective(Comm& comm, Call call, const char* from, char* to) {
  comm.board->calls[comm.rank] = call;
  for (size_t at = 0; at == 0 || at < call.bytes; at += SLOT) {
    size_t bytes = std::min(SLOT, call.bytes - at);
    if (call.operation != BROADCAST || comm.rank == call.root) std::memcpy(comm.slot(comm.rank), from + at, bytes);
    if (!meet(comm)) return false;
    for (int other = 0; other < comm.size; other++) {
      if (!(comm.board->calls[other] == call)) {
        Call theirs = comm.board->calls[other];
        fprintf(stderr, "rank %d asks for call %d of %zu bytes, rank %d for %d of %zu\n", comm.rank, call.operation,
                call.bytes, other, theirs.operation, theirs.bytes);
        comm.error = INVALID_ARGUMENT;
        return false;
      }
    }
    if (call.operation == ALL_REDUCE || (call.operation == REDUCE && comm.rank == call.root)) {
      sum(comm, to + at, bytes, call.type);
    } else if (call.operation == BROADCAST) {
      std::memcpy(to + at, comm.slot(call.root), bytes);
    }
    if (!meet(comm)) return false;
  }
  return true;
}

bool send(Comm& comm, const char* from, size_t bytes, int to) {
  Mailbox& box = comm.board->mail[comm.rank][to];
  for (size_t at = 0; at < bytes; at += SLOT) {
    if (!until(comm, [&] { return box.full.load() == 0; })) return false;
    std::memcpy(comm.mail(comm.rank, to), from + at, std::min(SLOT, bytes - at));
    box.bytes = bytes;
    box.full = 1;
  }
  return true;
}

bool receive(Comm& comm, char* to, size_t bytes, int from) {
  Mailbox& box = comm.board->mail[from][comm.rank];
  for (size_t at = 0; at < bytes; at += SLOT) {
    if (!until(comm, [&] { return box.full.load() == 1; })) return false;
    if (box.bytes != bytes) {
      fprintf(stderr, "rank %d sends %zu bytes, rank %d waits for %zu\n", from, box.bytes, comm.rank, bytes);
      comm.error = INVALID_ARGUMENT;
      return false;
    }
    std::memcpy(to + at, comm.mail(from, comm.rank), std::min(SLOT, bytes - at));
    box.full = 0;
  }
  return true;
}

using Enqueue = int (*)(void*, int (*)(void*), void*, void (*)(void*));

Enqueue driver() {
  static Enqueue enqueue = [] {
    Dl_info self;
    dladdr(reinterpret_cast<void*>(&addBf16), &self);
    std::string path = self.dli_fname;
    path = path.substr(0, path.rfind('/')) + "/libcuda.so.1";
    void* library = dlopen(path.c_str(), RTLD_NOW);
    if (library == nullptr) {
      fprintf(stderr, "%s\n", dlerror());
      abort();
    }
    return reinterpret_cast<Enqueue>(dlsym(library, "tnl_driver_enqueue"));
  }();
  return enqueue;
}

// An aborted communicator's work ends without a result and without an error, as the real one's kernels do.
int later(Comm* comm, void* stream, std::function<bool()> work) {
  struct Order {
    Comm* comm;
    std::function<bool()> work;
  };
  auto run = [](void* at) {
    auto* order = static_cast<Order*>(at);
    return order->comm->aborted || order->work() || order->comm->aborted ? 0 : LAUNCH_FAILED;
  };
  auto release = [](void* at) { delete static_cast<Order*>(at); };
  return driver()(stream, run, new Order{comm, std::move(work)}, release) == 0 ? SUCCESS : SYSTEM_ERROR;
}

int collectiveLater(Operation operation, const void* from, void* to, size_t count, int type, int root, Comm* comm,
                    void* stream) {
  if (root < 0 || root >= comm->size) return INVALID_ARGUMENT;
  Call call{operation, type, root, count * sizeOf(type)};
  return later(comm, stream, [=] {
    return collective(*comm, call, static_cast<const char*>(from), static_cast<char*>(to));
  });
}

}  // namespace

extern "C" {

struct UniqueId {
  char bytes[128];
};

int ncclGetVersion(int* version) { return *version = 22800, SUCCESS; }
const char* ncclGetErrorString(int status) {
  return status == REMOTE_ERROR ? "remote process exited or there was a network error" : "emulated error";
}
const char* ncclGetLastError(Comm*) { return "none is kept"; }
int ncclGetUniqueId(UniqueId* id) {
  char path[] = "/dev/shm/tnl-nccl-XXXXXX";
  int file = mkstemp(path);
  if (file < 0) return SYSTEM_ERROR;
  close(file);
  std::memset(id, 0, sizeof *id);
  std::strcpy(id->bytes, path);
  return SUCCESS;
}

int ncclCommInitRank(Comm** comm, int size, UniqueId id, int rank) {
  if (size < 1 || size > MOST_RANKS || rank < 0 || rank >= size) return INVALID_ARGUMENT;
  auto* made = new Comm{id.bytes, nullptr, 0, rank, size};
  if (int status = open(*made)) return status;
  if (!meet(*made)) return REMOTE_ERROR;
  unlink(made->path.c_str());
  *comm = made;
  return SUCCESS;
}

int ncclCommSplit(Comm* comm, int color, int key, Comm** part, void*) {
  comm->board->colors[comm->rank] = color;
  comm->board->keys[comm->rank] = key;
  if (!meet(*comm)) return REMOTE_ERROR;
  int size = 0, rank = 0;
  for (int other = 0; other < comm->size; other++) {
    if (comm->board->colors[other] != color) continue;
    size++;
    int theirs = comm->board->keys[other];
    rank += theirs < key || (theirs == key && other < comm->rank);
  }
  UniqueId id{};
  snprintf(id.bytes, sizeof id.bytes, "%s-%d.%d", comm->path.c_str(), comm->splits++, color);
  if (!meet(*comm)) return REMOTE_ERROR;
  if (color < 0) return *part = nullptr, SUCCESS;
  return ncclCommInitRank(part, size, id, rank);
}

int ncclCommAbort(Comm* comm) { return comm->aborted = true, SUCCESS; }
int ncclCommDestroy(Comm* comm) {
  munmap(comm->board, comm->mapped);
  return delete comm, SUCCESS;
}
int ncclCommGetAsyncError(Comm* comm, int* error) { return *error = comm->error, SUCCESS; }
int ncclGroupStart() { return SUCCESS; }
int ncclGroupEnd() { return SUCCESS; }

int ncclAllReduce(const void* from, void* to, size_t count, int type, int, Comm* comm, void* stream) {
  return collectiveLater(ALL_REDUCE, from, to, count, type, 0, comm, stream);
}
int ncclReduce(const void* from, void* to, size_t count, int type, int, int root, Comm* comm, void* stream) {
  return collectiveLater(REDUCE, from, to, count, type, root, comm, stream);
}
int ncclBroadcast(const void* from, void* to, size_t count, int type, int root, Comm* comm, void* stream) {
  return collectiveLater(BROADCAST, from, to, count, type, root, comm, stream);
}
int ncclSend(const void* from, size_t count, int type, int to, Comm* comm, void* stream) {
  size_t bytes = count * sizeOf(type);
  return later(comm, stream, [=] { return send(*comm, static_cast<const char*>(from), bytes, to); });
}
int ncclRecv(void* to, size_t count, int type, int from, Comm* comm, void* stream) {
  size_t bytes = count * sizeOf(type);
  return later(comm, stream, [=] { return receive(*comm, static_cast<char*>(to), bytes, from); });
}
}
