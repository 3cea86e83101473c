// Lightning Attention on tensor cores: bf16 in and out, sums and state in fp32.
//
// Source: arXiv 2401.04658, algorithms 1 and 2 (exact-state convention). Per chunk of m <= 64 rows, r counting them:
//
//   O = ((Q K^T) * M) V + lambda^(r+1) Q S        M_rs = lambda^(r-s) for s <= r, else 0
//   S <- lambda^m S + (lambda^(m-1-r) K)^T V
//
// reverse: M_rs = lambda^(s-r) for s >= r, the factors lambda^(m-1-r) and lambda^(r+1) change places.
// Shapes: see Attention. Launch: 512 threads, grid (B H, ceil(valueWidth / VALUES), segments), `bytes()` of shared
// memory, KEYS >= keyWidth; o is overwritten. Narrower heads are padded with zeros, wider values are cut in slices.
//
// Eight warps compute outputs, sixteen rows and half of the columns each, from a copy of S in bf16; eight others keep S
// in registers, bring it up to date and write the next copy. They meet at one barrier a chunk; tiles arrive by cp.async,
// STAGES - 1 chunks ahead. The products' operands are rounded to bf16 (P * M, decayed K, S): docs/cuda.md says what that
// costs.
#include "attention.cuh"

namespace {

constexpr int CHUNK = ATTENTION_CHUNK;
constexpr int THREADS = 512;
constexpr int OUTPUT_WARPS = 8;

template <int KEYS, int VALUES>
struct Layout {
  static constexpr int PAD = 8;  // of a row, in elements: eight rows of 16 bytes then lie in different banks
  static constexpr int KEY_ROW = KEYS + PAD;
  static constexpr int VALUE_ROW = VALUES + PAD;
  static constexpr int STAGE = CHUNK * (2 * KEY_ROW + VALUE_ROW);
  static constexpr int STATE = KEYS * VALUE_ROW;
  static constexpr int STAGES = KEYS > 128 || VALUES < 128 && KEYS == 128 ? 2 : 3;
  static constexpr int bytes() { return (STAGES * STAGE + 2 * STATE) * int(sizeof(bf16)); }
};

__device__ __forceinline__ float decay(float rate, int steps) { return expf(-rate * float(steps)); }

// One chunk's rows [first, first + rows) and where documents begin in it.
struct Chunk {
  int first, rows;
  const int* starts;  // of the chunk's first row, or null
  int last;           // row of the chunk at which its last document begins; negative: before the chunk

  __device__ Chunk(const Attention<bf16>& a, int first)
      : first(first), rows(min(CHUNK, a.end() - first)), starts(nullptr), last(-1) {
    if (a.starts != nullptr) {
      starts = a.starts + a.row(first);
      last = starts[rows - 1] - first;
    }
  }
  __device__ bool boundary() const { return last >= 0; }
  __device__ bool irregular() const { return rows < CHUNK || boundary(); }
  // Where row r's document begins, counted from the chunk's first row.
  __device__ int start(int r) const { return boundary() && r < rows ? starts[r] - first : -1; }
};

__device__ __forceinline__ bool isAligned(const void* at, int stride, int width) {
  return reinterpret_cast<uintptr_t>(at) % 16 == 0 && stride % 8 == 0 && width % 8 == 0;
}

// Rows of `width` elements into a padded tile; what lies outside becomes 0.
template <int COLUMNS>
__device__ __forceinline__ void loadTile(bf16* tile, int tileRow, const bf16* from, int stride, int rows, int width,
                                         bool aligned) {
  constexpr int PIECES = COLUMNS / 8;
  constexpr int STEP = THREADS / PIECES;
  const int row = threadIdx.x / PIECES;
  const int column = threadIdx.x % PIECES * 8;
  if (aligned && rows == CHUNK && width == COLUMNS) {
    tile += row * tileRow + column;
    from += row * (long long)stride + column;
#pragma unroll
    for (int r = 0; r < CHUNK; r += STEP) copyAsync16(tile + r * tileRow, from + (long long)r * stride);
    return;
  }
  for (int r = row; r < CHUNK; r += STEP) {
    bf16* to = tile + r * tileRow + column;
    int valid = r < rows ? max(0, min(8, width - column)) : 0;
    const bf16* source = valid > 0 ? from + (long long)r * stride + column : from;
    if (aligned) {
      copyAsync16(to, source, valid * int(sizeof(bf16)));
    } else {
      for (int i = 0; i < 8; i++) to[i] = i < valid ? source[i] : fromFloat<bf16>(0.f);
    }
  }
}

// Two B fragments of 16 k and 16 n from a tile whose rows are k (transposed) or n (not).
__device__ __forceinline__ void loadB(uint32_t (&b)[4], const bf16* tile, int row, bool transposed) {
  int lane = threadIdx.x % 32;
  if (transposed) {
    loadMatrix4Transposed(b, tile + (lane % 16) * row + lane / 16 * 8);
  } else {
    loadMatrix4(b, tile + (lane % 8 + lane / 16 * 8) * row + lane / 8 % 2 * 8);
  }
}

// c[0..1] += a b for the two fragments in b.
__device__ __forceinline__ void multiplyPair(float (&c0)[4], float (&c1)[4], const uint32_t (&a)[4],
                                             const uint32_t (&b)[4]) {
  uint32_t first[2] = {b[0], b[1]};
  uint32_t second[2] = {b[2], b[3]};
  mmaBf16(c0, a, first);
  mmaBf16(c1, a, second);
}

// ---- sixteen rows of output, half of the columns

template <int KEYS, int VALUES, bool REVERSE>
struct Output {
  using L = Layout<KEYS, VALUES>;
  static constexpr int BLOCKS = CHUNK / 16;
  static constexpr int COLUMNS = VALUES / 2;
  const Attention<bf16>& a;
  float rate;
  int lane = threadIdx.x % 32;
  int g = lane / 4;
  int t = lane % 4;
  // Rows 16 block ...: later blocks see more keys, so each scheduler gets an early and a late one.
  int block = threadIdx.x / 32 < BLOCKS ? threadIdx.x / 32 : 2 * BLOCKS - 1 - threadIdx.x / 32;
  int column0 = threadIdx.x / 32 / BLOCKS * COLUMNS;
  bool special = true;  // whether `rise` is that of an irregular chunk
  float rise[2];        // what the state's part of rows g and g + 8 is multiplied with
  float onDiagonal[2][4], beside[2][4];  // M in the block on the diagonal and the one beside it
  float sixteen;                         // lambda^16

  __device__ Output(const Attention<bf16>& a, float rate) : a(a), rate(rate), sixteen(decay(rate, 16)) {
#pragma unroll
    for (int tile = 0; tile < 2; tile++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        int steps = stepsBetween(tile, i);
        onDiagonal[tile][i] = steps >= 0 ? decay(rate, steps) : 0.f;
        beside[tile][i] = decay(rate, steps + 16);
      }
    }
  }

  // Of this thread's element i of a tile of eight keys in the block on the diagonal: how far the key is behind.
  __device__ int stepsBetween(int tile, int i) const {
    int behind = g + 8 * (i / 2) - (8 * tile + 2 * t + i % 2);
    return REVERSE ? -behind : behind;
  }

  __device__ void prepare(const Chunk& chunk) {
    if (!special && !chunk.irregular()) return;
    special = chunk.irregular();
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int row = 16 * block + g + 8 * half;
      bool reached = REVERSE ? row >= chunk.last : chunk.start(row) < 0;
      int steps = REVERSE ? chunk.rows - 1 - row : row + 1;
      rise[half] = reached && row < chunk.rows ? decay(rate, steps) : 0.f;
    }
  }

  // Whether a document's beginning lies between a row and a key.
  __device__ bool parted(const Chunk& chunk, int keyBlock, int tile, int i) const {
    int row = 16 * block + g + 8 * (i / 2);
    int key = 16 * keyBlock + 8 * tile + 2 * t + i % 2;
    return chunk.start(REVERSE ? key : row) > (REVERSE ? row : key);
  }

  __device__ __forceinline__ void run(const Chunk& chunk, const bf16* queries, const bf16* keys, const bf16* values,
                                      const bf16* state, float (&o)[COLUMNS / 8][4]) {
    prepare(chunk);
    uint32_t q[KEYS / 16][4];
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) {
      loadMatrix4(q[i], queries + (16 * block + lane % 16) * L::KEY_ROW + 16 * i + lane / 16 * 8);
    }
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        uint32_t b[4];
        loadB(b, state + 16 * i * L::VALUE_ROW + column0 + 16 * n, L::VALUE_ROW, true);
        multiplyPair(o[2 * n], o[2 * n + 1], q[i], b);
      }
    }
#pragma unroll
    for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) o[n][i] *= rise[i / 2];
    }

    float far = 1;
#pragma unroll
    for (int away = 0; away < BLOCKS; away++) {
      if (away > (REVERSE ? BLOCKS - 1 - block : block)) break;
      int keyBlock = REVERSE ? block + away : block - away;
      float p[2][4] = {};
#pragma unroll
      for (int i = 0; i < KEYS / 16; i++) {
        uint32_t b[4];
        loadB(b, keys + 16 * keyBlock * L::KEY_ROW + 16 * i, L::KEY_ROW, false);
        multiplyPair(p[0], p[1], q[i], b);
      }
#pragma unroll
      for (int tile = 0; tile < 2; tile++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          p[tile][i] *= away == 0 ? onDiagonal[tile][i] : beside[tile][i] * far;
          if (chunk.boundary() && parted(chunk, keyBlock, tile, i)) p[tile][i] = 0;
        }
      }
      if (away > 0) far *= sixteen;
      uint32_t masked[4];
#pragma unroll
      for (int i = 0; i < 4; i++) masked[i] = packBf16(p[i / 2][i % 2 * 2], p[i / 2][i % 2 * 2 + 1]);
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        uint32_t b[4];
        loadB(b, values + 16 * keyBlock * L::VALUE_ROW + column0 + 16 * n, L::VALUE_ROW, true);
        multiplyPair(o[2 * n], o[2 * n + 1], masked, b);
      }
    }
  }

  // Straight from registers: four lanes have 16 bytes of a row, and the next tile the 16 beside them.
  __device__ __forceinline__ void store(const Chunk& chunk, const float (&o)[COLUMNS / 8][4], int slice, bool whole) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int row = 16 * block + g + 8 * half;
      if (row >= chunk.rows) continue;
      bf16* to = a.out(chunk.first + row) + slice * VALUES + column0 + 2 * t;
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n++) {
        if (whole) {
          *reinterpret_cast<uint32_t*>(to + 8 * n) = packBf16(o[n][2 * half], o[n][2 * half + 1]);
        } else {
          int column = slice * VALUES + column0 + 8 * n + 2 * t;
          if (column < a.valueWidth) to[8 * n] = fromFloat<bf16>(o[n][2 * half]);
          if (column + 1 < a.valueWidth) to[8 * n + 1] = fromFloat<bf16>(o[n][2 * half + 1]);
        }
      }
    }
  }
};

// ---- the state

template <int KEYS, int VALUES, bool REVERSE>
struct State {
  using L = Layout<KEYS, VALUES>;
  static constexpr int ROWS = KEYS / 4;  // of this warp's tile
  static constexpr int COLUMNS = VALUES / 2;
  const Attention<bf16>& a;
  float rate;
  int slice;
  int lane = threadIdx.x % 32;
  int row0 = threadIdx.x / 32 % 8 / 2 * ROWS;
  int column0 = threadIdx.x / 32 % 2 * COLUMNS;
  bool special = true;
  float weight[CHUNK / 16][4];  // of the rows 2t, 2t + 1, 2t + 8, 2t + 9 of each sixteen
  float keep;
  float s[ROWS / 16][COLUMNS / 8][4] = {};

  __device__ State(const Attention<bf16>& a, float rate, int slice) : a(a), rate(rate), slice(slice) {}

  template <class F>
  __device__ void forEach(F f) {
    const int rowStep = a.transposed ? 1 : a.valueWidth;
    const int columnStep = a.transposed ? a.keyWidth : 1;
    const int row = row0 + lane / 4;
    const int column = slice * VALUES + column0 + 2 * (lane % 4);
    const bool whole = a.keyWidth == KEYS && a.valueWidth % VALUES == 0;
#pragma unroll
    for (int m = 0; m < ROWS / 8; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 4; n++) {
        int i = row + 8 * m;
        int j = column + n / 2 * 8 + n % 2;
        if (whole || (i < a.keyWidth && j < a.valueWidth)) {
          f(s[m / 2][n / 2][m % 2 * 2 + n % 2], i * rowStep + j * columnStep);
        }
      }
    }
  }
  __device__ void load(const float* from) {
    if (from == nullptr) return;
    forEach([&](float& x, int at) { x = from[at]; });
  }
  __device__ void save(float* to) {
    forEach([&](float& x, int at) { to[at] = x; });
  }

  // A copy in bf16 for the warps that compute outputs.
  __device__ void publish(bf16* state) {
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
          int row = row0 + 16 * m + lane / 4 + 8 * half;
          int column = column0 + 8 * n + 2 * (lane % 4);
          *reinterpret_cast<uint32_t*>(state + row * L::VALUE_ROW + column) =
              packBf16(s[m][n][2 * half], s[m][n][2 * half + 1]);
        }
      }
    }
  }

  __device__ void prepare(const Chunk& chunk) {
    if (!special && !chunk.irregular()) return;
    special = chunk.irregular();
#pragma unroll
    for (int k = 0; k < CHUNK / 16; k++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        int r = 16 * k + 2 * (lane % 4) + i % 2 + 8 * (i / 2);
        bool counts = REVERSE ? chunk.start(r) < 0 : r >= chunk.last;
        weight[k][i] = counts && r < chunk.rows ? decay(rate, REVERSE ? r + 1 : chunk.rows - 1 - r) : 0.f;
      }
    }
    keep = chunk.boundary() ? 0.f : decay(rate, chunk.rows);
  }

  __device__ void run(const Chunk& chunk, const bf16* keys, const bf16* values) {
    prepare(chunk);
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) s[m][n][i] *= keep;
      }
    }
#pragma unroll
    for (int k = 0; k < CHUNK / 16; k++) {
      uint32_t b[COLUMNS / 16][4];
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        loadB(b[n], values + 16 * k * L::VALUE_ROW + column0 + 16 * n, L::VALUE_ROW, true);
      }
#pragma unroll
      for (int m = 0; m < ROWS / 16; m++) {
        uint32_t x[4];
        const bf16* tile = keys + (16 * k + lane % 8 + lane / 16 * 8) * L::KEY_ROW + row0 + 16 * m;
        loadMatrix4Transposed(x, tile + lane / 8 % 2 * 8);
#pragma unroll
        for (int i = 0; i < 4; i++) {
          const float* w = weight[k] + i / 2 * 2;
          x[i] = packBf16(firstOfPair(x[i]) * w[0], secondOfPair(x[i]) * w[1]);
        }
#pragma unroll
        for (int n = 0; n < COLUMNS / 16; n++) multiplyPair(s[m][2 * n], s[m][2 * n + 1], x, b[n]);
      }
    }
  }
};

// ---- a segment

template <int KEYS, int VALUES, bool REVERSE, bool STATES_ONLY>
__device__ void attend(const Attention<bf16>& a) {
  using L = Layout<KEYS, VALUES>;
  DYNAMIC_SHARED(bf16, shared);
  bf16* copies = shared + L::STAGES * L::STAGE;
  const int slice = blockIdx.y;
  const int chunks = (a.end() - a.first() + CHUNK - 1) / CHUNK;
  const int width = min(VALUES, a.valueWidth - slice * VALUES);
  const bool aligned = isAligned(a.q, a.qStride, a.keyWidth) && isAligned(a.k, a.kStride, a.keyWidth) &&
                       isAligned(a.v, a.vStride, a.valueWidth);
  const float rate = a.rates[a.head()];

  auto firstRow = [&](int c) { return a.first() + (REVERSE ? chunks - 1 - c : c) * CHUNK; };
  auto stage = [&](int c) { return shared + c % L::STAGES * L::STAGE; };
  auto load = [&](int c) {
    if (c < chunks) {
      int first = firstRow(c);
      int rows = min(CHUNK, a.end() - first);
      bf16* to = stage(c);
      if (!STATES_ONLY) {
        loadTile<KEYS>(to, L::KEY_ROW, a.keys(a.q, a.qStride, first), a.qStride, rows, a.keyWidth, aligned);
      }
      to += CHUNK * L::KEY_ROW;
      loadTile<KEYS>(to, L::KEY_ROW, a.keys(a.k, a.kStride, first), a.kStride, rows, a.keyWidth, aligned);
      to += CHUNK * L::KEY_ROW;
      const bf16* values = a.values(a.v, a.vStride, first) + slice * VALUES;
      loadTile<VALUES>(to, L::VALUE_ROW, values, a.vStride, rows, width, aligned);
    }
    commitCopies();
  };

  // Every chunk begins with its tiles and the copy of the state complete, and the tiles of the chunk before free.
  auto next = [&](int c) {
    waitForCopies<L::STAGES - 2>();
    meetBlock();
    load(c + L::STAGES - 1);
    return Chunk(a, firstRow(c));
  };
  for (int c = 0; c < L::STAGES - 1; c++) load(c);
  if (threadIdx.x / 32 < OUTPUT_WARPS) {
    Output<KEYS, VALUES, REVERSE> out(a, rate);
    const bool whole = width == VALUES && a.oStride % 2 == 0 && a.valueWidth % 2 == 0 &&
                       reinterpret_cast<uintptr_t>(a.o) % 4 == 0;
    for (int c = 0; c < chunks; c++) {
      Chunk chunk = next(c);
      if (STATES_ONLY) continue;
      const bf16* queries = stage(c);
      const bf16* keys = queries + CHUNK * L::KEY_ROW;
      float o[VALUES / 16][4] = {};
      out.run(chunk, queries, keys, keys + CHUNK * L::KEY_ROW, copies + c % 2 * L::STATE, o);
      out.store(chunk, o, slice, whole);
    }
  } else {
    State<KEYS, VALUES, REVERSE> state(a, rate, slice);
    state.load(a.stateBefore(REVERSE));
    if (!STATES_ONLY) state.publish(copies);
    for (int c = 0; c < chunks; c++) {
      Chunk chunk = next(c);
      const bf16* keys = stage(c) + CHUNK * L::KEY_ROW;
      if (a.saved != nullptr && chunk.first % a.savedEvery == 0) state.save(a.savedAt(chunk.first));
      state.run(chunk, keys, keys + CHUNK * L::KEY_ROW);
      if (!STATES_ONLY) state.publish(copies + (c + 1) % 2 * L::STATE);
    }
    bool last = REVERSE ? blockIdx.z == 0 : blockIdx.z == gridDim.z - 1;
    if (a.after != nullptr && (STATES_ONLY || last)) {
      long long at = STATES_ONLY ? (long long)blockIdx.x * gridDim.z + blockIdx.z : blockIdx.x;
      state.save(a.after + at * a.stateElements());
    }
  }
}

}  // namespace

#define ATTENTION(name, KEYS, VALUES, REVERSE, STATES_ONLY)                                         \
  extern "C" __global__ void __launch_bounds__(THREADS, 1) name(ATTENTION_PARAMETERS(bf16)) {       \
    attend<KEYS, VALUES, REVERSE, STATES_ONLY>(Attention<bf16>{ATTENTION_ARGUMENTS});               \
  }                                                                                                 \
  KERNEL(name)

#define ATTENTION_OF_WIDTH(KEYS, VALUES)                                            \
  ATTENTION(attention_bf16_##KEYS##_##VALUES, KEYS, VALUES, false, false);          \
  ATTENTION(attention_reverse_bf16_##KEYS##_##VALUES, KEYS, VALUES, true, false);   \
  ATTENTION(attention_states_bf16_##KEYS##_##VALUES, KEYS, VALUES, false, true);    \
  ATTENTION(attention_states_reverse_bf16_##KEYS##_##VALUES, KEYS, VALUES, true, true)

ATTENTION_OF_WIDTH(64, 64);
ATTENTION_OF_WIDTH(128, 128);
ATTENTION_OF_WIDTH(128, 64);  // 122 KiB of shared memory, for cards with less than 227
ATTENTION_OF_WIDTH(256, 64);
