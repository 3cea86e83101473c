// The plain case of attention_bf16.cuh for compute capability 9.0: the same sums by products of whole warpgroups, which
// read their operands from shared memory once for 64 rows. Part of attention_bf16.cuh, same launch.
//
// Two warpgroups load tiles and compute outputs, each of every other chunk, 64 rows and all columns. Two others keep S,
// bring it up to date and publish it in bf16. With chunk c:
//
//   output   wait for READY; send for tiles of c + AHEAD; Q S, Q K^T; STATE_READ; P V; write o; wait for those tiles; DONE
//   state    wait for DONE of c - LAG; read K; wait for STATE_READ of c - 1; publish S; READY; S += K^T V
//
// Tiles are overwritten LAG chunks later, when DONE has come from the warpgroup whose output they made and the state's warps
// have said READY. Every signal has been waited for before the next one to its barrier is given.
constexpr int EVERYONE = STATE_THREADS + WARPGROUP;
constexpr int REGISTERS = 65536 / THREADS;

enum Barrier { OF_BLOCK = 1, STATE_READ, READY, DONE = READY + 2, QUERIES_READ = DONE + 2 };

template <int KEYS, int VALUES>
struct Panels {
  static constexpr int KEY_TILE = CHUNK * KEYS;
  static constexpr int STAGE = 2 * KEY_TILE + CHUNK * VALUES;
  static constexpr int STATE = KEYS * VALUES;
  static constexpr int STAGES = KEYS > 128 ? 2 : 4;
  static constexpr int LAG = STAGES / 2;
  static constexpr int AHEAD = STAGES - LAG;
  static constexpr int OUTPUT_REGISTERS = VALUES == 128 ? 136 : 128;  // of a thread
  static constexpr int POWERS = 2 * CHUNK + 1;  // floats
  static constexpr int BYTES = (STAGES * STAGE + STATE) * int(sizeof(bf16)) + POWERS * int(sizeof(float));
  static_assert(BYTES <= Layout<KEYS, VALUES>::bytes());
};

// ---- 64 rows of output

// As Output of the portable kernel: o = ((Q K^T) * M) V + lambda^(r+1) Q S.
template <int KEYS, int VALUES, bool REVERSE>
struct WarpgroupOutput {
  const float* power;  // shared: of lambda, from -64 to 64; 0 where negative

  // This thread's number in its warpgroup; what follows from it is computed anew each time, to hold no registers.
  static __device__ __forceinline__ int thread() {
    int t = threadIdx.x % WARPGROUP;
    asm volatile("" : "+r"(t));
    return t;
  }

  __device__ __forceinline__ void run(int rows, const bf16* queries, const bf16* keys, const bf16* values,
                                      const bf16* state, float (&o)[VALUES / 8][4]) {
    const int row = thread() / 32 * 16 + thread() % 32 / 4;  // this thread's first; the other is eight more
    const int key = thread() % 4 * 2;
    const uint64_t q = describe(queries, CHUNK);
    const uint64_t k = describe(keys, CHUNK);
    const uint64_t v = describe(values, CHUNK);
    const uint64_t s = describe(state, KEYS);
    float p[CHUNK / 8][4];
    beginProducts();
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) multiply<true>(o, q + alongColumns(CHUNK, i), s + alongRows(i), i > 0);
    commitProducts();
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) {
      multiply<false>(p, q + alongColumns(CHUNK, i), k + alongColumns(CHUNK, i), i > 0);
    }
    commitProducts();
    waitForProducts<1>(o);
    signal(STATE_READ, EVERYONE);
#pragma unroll
    for (int half = 0; half < 2; half++) {
      float rise = power[REVERSE ? rows - 1 - row - 8 * half : row + 8 * half + 1];
#pragma unroll
      for (int n = 0; n < VALUES / 8; n++) {
        o[n][2 * half] *= rise;
        o[n][2 * half + 1] *= rise;
      }
    }
    waitForProducts<0>(p);
    const float* mask = power + (REVERSE ? key - row : row - key);
    uint32_t masked[CHUNK / 16][4];
#pragma unroll
    for (int n = 0; n < CHUNK / 8; n++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        int more = REVERSE ? 8 * n - 8 * half : 8 * half - 8 * n;
        masked[n / 2][n % 2 * 2 + half] =
            packBf16(p[n][2 * half] * mask[more], p[n][2 * half + 1] * mask[more + (REVERSE ? 1 : -1)]);
      }
    }
    beginProducts();
#pragma unroll
    for (int i = 0; i < CHUNK / 16; i++) multiply(o, masked[i], v + alongRows(i));
    commitProducts();
    waitForProducts<0>(o);
  }

  // Rows go through a tile that nobody needs any more, where each warp has its sixteen, so that whole rows are written.
  __device__ __forceinline__ void store(const float (&o)[VALUES / 8][4], bf16* tile, int rows, bf16* to, int stride) {
    constexpr int PIECES = VALUES / 8;
    constexpr int STEP = 32 / PIECES;
    const int lane = thread() % 32;
    const int row0 = thread() / 32 * 16;
    const int at = inPanels(CHUNK, row0 + lane % 16, lane / 16 * 8);
#pragma unroll
    for (int n = 0; n < VALUES / 8; n += 2) {
      storeMatrix4(tile + (at ^ n % 8 * 8) + n / 8 * CHUNK * PANEL, packBf16(o[n][0], o[n][1]), packBf16(o[n][2], o[n][3]),
                   packBf16(o[n + 1][0], o[n + 1][1]), packBf16(o[n + 1][2], o[n + 1][3]));
    }
    __syncwarp();
    const int row = row0 + lane / PIECES;
    const int column = lane % PIECES * 8;
    const int from = inPanels(CHUNK, row, column);
    to += (long long)row * stride + column;
#pragma unroll
    for (int r = 0; r < 16; r += STEP) {
      uint4 piece = *reinterpret_cast<const uint4*>(tile + (from ^ r % 8 * 8) + r * PANEL);
      if (row + r < rows) *reinterpret_cast<uint4*>(to + (long long)r * stride) = piece;
    }
  }
};

// ---- the state

template <int KEYS, int VALUES, bool REVERSE>
struct WarpgroupState : StateTile<KEYS / 8, VALUES, VALUES, true> {
  using Tile = StateTile<KEYS / 8, VALUES, VALUES, true>;
  using Tile::lane;
  using Tile::row0;
  using Tile::s;
  static constexpr int ROWS = KEYS / 8;  // of a warp: sixteen of each 64 rows of products
  const float* power;
  float sixteen = power[16];
  uint32_t x[ROWS / 16][CHUNK / 16][4];

  __device__ WarpgroupState(const Attention<bf16>& a, const float* power)
      : Tile(a, threadIdx.x / 32 % 8 * ROWS, 0), power(power) {}

  // A copy in bf16 for the warps that compute outputs.
  __device__ __forceinline__ void publish(bf16* state) const {
    const int at = inPanels(KEYS, row0 + lane % 16, lane / 16 * 8);
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int n = 0; n < VALUES / 8; n += 2) {
        storeMatrix4(state + (at ^ n % 8 * 8) + n / 8 * KEYS * PANEL + 16 * m * PANEL,
                     packBf16(s[m][n][0], s[m][n][1]), packBf16(s[m][n][2], s[m][n][3]),
                     packBf16(s[m][n + 1][0], s[m][n + 1][1]), packBf16(s[m][n + 1][2], s[m][n + 1][3]));
      }
    }
  }

  // This warp's part of the keys, transposed and decayed until the chunk's end.
  __device__ __forceinline__ void read(int rows, const bf16* keys) {
    const int at = inPanels(CHUNK, lane % 8 + lane / 16 * 8, row0 + lane / 8 % 2 * 8);
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int i = 0; i < CHUNK / 16; i++) loadMatrix4Transposed(x[m][i], keys + (at ^ 16 * m) + 16 * i * PANEL);
    }
    float w[4];
#pragma unroll
    for (int n = 0; n < CHUNK / 16; n++) {
      const int i = REVERSE ? n : CHUNK / 16 - 1 - n;  // with growing decay
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int row = 16 * i + lane % 4 * 2 + j % 2 + j / 2 * 8;
        w[j] = n > 0 && rows == CHUNK ? w[j] * sixteen : power[REVERSE ? row + 1 : rows - 1 - row];
      }
#pragma unroll
      for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
          x[m][i][j] = packBf16(firstOfPair(x[m][i][j]) * w[j / 2 * 2], secondOfPair(x[m][i][j]) * w[j / 2 * 2 + 1]);
        }
      }
    }
  }

  // S lambda^rows + keys values
  __device__ __forceinline__ void add(int rows, const bf16* values) {
    const float keep = power[rows];
    const uint64_t v = describe(values, CHUNK);
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int n = 0; n < VALUES / 8; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) s[m][n][i] *= keep;
      }
    }
    beginProducts();
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int i = 0; i < CHUNK / 16; i++) multiply(s[m], x[m][i], v + alongRows(i));
    }
    commitProducts();
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) waitForProducts<0>(s[m]);
  }
};

// ---- a segment

template <int KEYS, int VALUES, bool REVERSE, bool STATES_ONLY>
__device__ __forceinline__ void attendByWarpgroups(const Attention<bf16>& a) {
  using P = Panels<KEYS, VALUES>;
  constexpr int DIRECTION = REVERSE ? -CHUNK : CHUNK;
  DYNAMIC_SHARED(bf16, shared);
  bf16* const copy = shared + P::STAGES * P::STAGE;
  float* const power = reinterpret_cast<float*>(copy + P::STATE) + CHUNK;
  const int chunks = (a.end() - a.first() + CHUNK - 1) / CHUNK;
  const int firstRow = a.first() + (REVERSE ? (chunks - 1) * CHUNK : 0);
  auto rowOf = [&](int c) { return firstRow + c * DIRECTION; };
  auto rowsOf = [&](int c) { return min(CHUNK, a.end() - rowOf(c)); };
  auto tilesOf = [&](int c) { return shared + c % P::STAGES * P::STAGE; };
  if (threadIdx.x < P::POWERS) {
    int steps = int(threadIdx.x) - CHUNK;
    power[steps] = steps < 0 ? 0.f : decay(a.rates[a.head()], steps);
  }
  meetBlock();

  if (threadIdx.x < OUTPUT_THREADS) {
    setRegisters<P::OUTPUT_REGISTERS>();
    const int which = threadIdx.x / WARPGROUP;
    int loading = which + P::AHEAD - 2;
    const bool early = loading >= 0;
    if (!early) loading += 2;
    const int row = rowOf(loading);
    Loader<KEYS, true, true> q(STATES_ONLY ? a.k : a.keys(a.q, a.qStride, row), a.qStride, KEYS, true);
    Loader<KEYS, true, true> k(a.keys(a.k, a.kStride, row), a.kStride, KEYS, true);
    Loader<VALUES, true, true> v(a.values(a.v, a.vStride, row) + blockIdx.y * VALUES, a.vStride, VALUES, true);
    auto load = [&] {
      if (loading < chunks) {
        bf16* to = tilesOf(loading);
        if (!STATES_ONLY) q.load(to, rowsOf(loading), 2 * DIRECTION);
        k.load(to + P::KEY_TILE, rowsOf(loading), 2 * DIRECTION);
        v.load(to + 2 * P::KEY_TILE, rowsOf(loading), 2 * DIRECTION);
      }
      commitCopies();
      loading += 2;
    };
    auto done = [&] {
      waitForCopies<0>();
      showToProducts();
      signal(DONE + which, EVERYONE);
    };
    if (early) {
      load();
      done();
    }
    WarpgroupOutput<KEYS, VALUES, REVERSE> out{power};
    bf16* to = STATES_ONLY ? nullptr : a.out(rowOf(which)) + blockIdx.y * VALUES;
    for (int c = which; c < chunks; c += 2) {
      meet(READY + which, EVERYONE);
      load();
      if (!STATES_ONLY) {
        bf16* tiles = tilesOf(c);
        float o[VALUES / 8][4];
        out.run(rowsOf(c), tiles, tiles + P::KEY_TILE, tiles + 2 * P::KEY_TILE, copy, o);
        meet(QUERIES_READ + which, WARPGROUP);
        out.store(o, tiles, rowsOf(c), to, a.oStride);
        to += 2LL * DIRECTION * a.oStride;
      }
      done();
    }
  } else {
    setRegisters<2 * REGISTERS - P::OUTPUT_REGISTERS>();
    WarpgroupState<KEYS, VALUES, REVERSE> state(a, power);
    state.load(a.stateBefore(REVERSE));
    int chunksToSaving = 0;
    for (int c = 0; c < chunks; c++) {
      const bf16* keys = tilesOf(c) + P::KEY_TILE;
      meet(DONE + (c + P::LAG) % 2, EVERYONE);
      state.read(rowsOf(c), keys);
      if (!STATES_ONLY) {
        if (c > 0) meet(STATE_READ, EVERYONE);
        state.publish(copy);
        showToProducts();
      }
      signal(READY + c % 2, EVERYONE);
      if (a.saved != nullptr && chunksToSaving-- == 0) {
        state.save(a.savedAt(rowOf(c)));
        chunksToSaving = a.savedEvery / CHUNK - 1;
      }
      state.add(rowsOf(c), keys + P::KEY_TILE);
    }
    bool last = REVERSE ? blockIdx.z == 0 : blockIdx.z == gridDim.z - 1;
    if (a.after != nullptr && (STATES_ONLY || last)) {
      long long at = STATES_ONLY ? (long long)blockIdx.x * gridDim.z + blockIdx.z : blockIdx.x;
      state.save(a.after + at * a.stateElements());
    }
  }
}
