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
// Eight warps compute outputs, sixteen rows and half of the columns each, from a copy of S in bf16; eight others load
// tiles, STAGES - 1 chunks ahead, keep S in registers, bring it up to date and write the next copy. They meet at one
// barrier a chunk. The products' operands are rounded to bf16 (P * M, decayed K, S): docs/cuda.md says what that
// costs. PLAIN is the case that is fast: aligned rows of exactly these widths, no documents. On compute capability 9.0
// attention_warpgroup.cuh does it, where it is compiled for sm_90a.
#pragma once

#include "attention.cuh"
#include "warpgroup.cuh"

namespace {

constexpr int CHUNK = ATTENTION_CHUNK;
constexpr int BLOCKS = CHUNK / 16;
constexpr int OUTPUT_THREADS = 256;
constexpr int STATE_THREADS = 256;
constexpr int THREADS = OUTPUT_THREADS + STATE_THREADS;

template <int KEYS, int VALUES>
struct Layout {
  static constexpr int PAD = 8;  // of a row, in elements: eight rows of 16 bytes then lie in different banks
  static constexpr int KEY_ROW = KEYS + PAD;
  static constexpr int VALUE_ROW = VALUES + PAD;
  static constexpr int KEY_TILE = CHUNK * KEY_ROW;
  static constexpr int STAGE = 2 * KEY_TILE + CHUNK * VALUE_ROW;
  static constexpr int STATE = KEYS * VALUE_ROW;
  static constexpr int WEIGHTS = 2 * CHUNK;  // floats
  static constexpr int STAGES = KEYS > 128 || (VALUES < 128 && KEYS == 128) ? 2 : 3;
  static constexpr int OTHER_BYTES = 4096;       // weights, and what attention_warpgroup.cuh has more
  static constexpr int bytes() { return (STAGES * STAGE + 2 * STATE) * int(sizeof(bf16)) + OTHER_BYTES; }
  static_assert(WEIGHTS * int(sizeof(float)) <= OTHER_BYTES);
};

__device__ __forceinline__ float decay(float rate, int steps) { return __expf(-rate * float(steps)); }

__device__ __forceinline__ bool isAligned(const void* at, int stride, int width) {
  return reinterpret_cast<uintptr_t>(at) % 16 == 0 && stride % 8 == 0 && width % 8 == 0;
}

// One chunk's rows [first, first + rows) and where documents begin in it.
template <bool PLAIN>
struct Chunk {
  int first, rows;
  const int* starts = nullptr;  // of the chunk's first row, or null
  int last = -1;                // row of the chunk at which its last document begins; negative: before the chunk

  __device__ Chunk(const Attention<bf16>& a, int first) : first(first), rows(min(CHUNK, a.end() - first)) {
    if (!PLAIN && a.starts != nullptr) {
      starts = a.starts + a.row(first);
      last = starts[rows - 1] - first;
    }
  }
  __device__ bool boundary() const { return !PLAIN && last >= 0; }
  // Where row r's document begins, counted from the chunk's first row.
  __device__ int start(int r) const { return boundary() && r < rows ? starts[r] - first : -1; }
};

// The part of a thread of the rows of a matrix, chunk after chunk, into tiles; what lies outside becomes 0. Tiles are padded
// and filled by the state's warps, or IN_PANELS (warpgroup.cuh) and filled by a warpgroup.
template <int COLUMNS, bool PLAIN, bool IN_PANELS = false>
struct Loader {
  static constexpr int PIECES = COLUMNS / 8;
  static constexpr int COUNT = IN_PANELS ? WARPGROUP : STATE_THREADS;
  static constexpr int STEP = COUNT / PIECES;
  static constexpr int ROW = IN_PANELS ? PANEL : COLUMNS + 8;
  int row = threadIdx.x % COUNT / PIECES;
  int column = threadIdx.x % PIECES * 8;
  const bf16* from;  // this thread's first piece of the chunk to come
  int stride, width;
  bool aligned;
  int at = IN_PANELS ? inPanels(CHUNK, row, column) : row * ROW + column;

  __device__ Loader(const bf16* first, int stride, int width, bool aligned)
      : from(first + (long long)row * stride + column), stride(stride), width(width - column), aligned(aligned) {}

  __device__ __forceinline__ void load(bf16* tile, int rows, int rowsToNext) {
#pragma unroll
    for (int r = 0; r < CHUNK; r += STEP) {
      const bf16* source = from + (long long)r * stride;
      bool real = r < rows - row;
      bf16* to = tile + r * ROW + (IN_PANELS ? at ^ r % 8 * 8 : at);
      if (PLAIN) {
        copyAsync16(to, source, real ? 16 : 0);
      } else {
        int valid = real ? max(0, min(8, width)) : 0;
        if (aligned) {
          copyAsync16(to, source, valid * int(sizeof(bf16)));
        } else {
          for (int i = 0; i < 8; i++) to[i] = i < valid ? source[i] : fromFloat<bf16>(0.f);
        }
      }
    }
    from += (long long)rowsToNext * stride;
  }
};

// Where this lane's row of two B fragments, 16 k and 16 n, lies in a tile whose rows are k (transposed) or n (not).
__device__ __forceinline__ int loadBOffset(int row, bool transposed) {
  int lane = threadIdx.x % 32;
  return transposed ? lane % 16 * row + lane / 16 * 8 : (lane % 8 + lane / 16 * 8) * row + lane / 8 % 2 * 8;
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

template <int KEYS, int VALUES, bool REVERSE, bool PLAIN>
struct Output {
  using L = Layout<KEYS, VALUES>;
  static constexpr int COLUMNS = VALUES / 2;
  float rate;
  int lane = threadIdx.x % 32;
  int g = lane / 4;
  int t = lane % 4;
  // Rows 16 block ...: later blocks see more keys, so each scheduler gets an early and a late one.
  int block = threadIdx.x / 32 < BLOCKS ? threadIdx.x / 32 : 2 * BLOCKS - 1 - threadIdx.x / 32;
  int column0 = threadIdx.x / 32 / BLOCKS * COLUMNS;
  float near[2], eightMore[2];  // PLAIN: lambda^steps between this thread's rows and keys, see masks
  float eight;                  // lambda^8

  __device__ explicit Output(float rate) : rate(rate), eight(decay(rate, 8)) {
#pragma unroll
    for (int i = 0; i < 2; i++) {
      int steps = stepsBetween(0, 0, i);
      near[i] = steps >= 0 ? decay(rate, steps) : 0.f;
      eightMore[i] = decay(rate, steps + 8);
    }
  }

  // Of this thread's element i of a tile of eight keys, so many blocks away: how far the key is from the row.
  __device__ int stepsBetween(int away, int tile, int i) const {
    int behind = g + 8 * (i / 2) - (8 * tile + 2 * t + i % 2);
    return (REVERSE ? -behind : behind) + 16 * away;
  }

  // M of an element of a block that lies away > 0 blocks from the diagonal, with far = lambda^(16 (away - 1)), or on it.
  __device__ __forceinline__ float mask(int away, float far, int tile, int i) const {
    int eights = REVERSE ? tile - i / 2 : i / 2 - tile;
    if (away == 0) return eights < 0 ? 0.f : eights == 0 ? near[i % 2] : eightMore[i % 2];
    float more = eights < 0 ? far : eights == 0 ? far * eight : far * eight * eight;
    return eightMore[i % 2] * more;
  }

  // M of any element.
  __device__ float factor(const Chunk<PLAIN>& chunk, int away, int tile, int i) const {
    int steps = stepsBetween(away, tile, i);
    int row = 16 * block + g + 8 * (i / 2);
    int key = REVERSE ? row + steps : row - steps;
    int start = chunk.start(REVERSE ? key : row);
    return steps >= 0 && start <= (REVERSE ? row : key) ? decay(rate, steps) : 0.f;
  }

  // What the state's part of a row is multiplied with.
  __device__ float rise(const Chunk<PLAIN>& chunk, int half) const {
    int row = 16 * block + g + 8 * half;
    bool reached = REVERSE ? row >= chunk.last : chunk.start(row) < 0;
    int steps = REVERSE ? chunk.rows - 1 - row : row + 1;
    return reached && steps >= 0 ? decay(rate, steps) : 0.f;
  }

  __device__ __forceinline__ void run(const Chunk<PLAIN>& chunk, const bf16* queries, const bf16* keys,
                                      const bf16* values, const bf16* state, float (&o)[COLUMNS / 8][4]) {
    uint32_t q[KEYS / 16][4];
    queries += (16 * block + lane % 16) * L::KEY_ROW + lane / 16 * 8;
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) loadMatrix4(q[i], queries + 16 * i);

    state += loadBOffset(L::VALUE_ROW, true) + column0;
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        uint32_t b[4];
        loadMatrix4Transposed(b, state + 16 * i * L::VALUE_ROW + 16 * n);
        multiplyPair(o[2 * n], o[2 * n + 1], q[i], b);
      }
    }
    float rises[2] = {rise(chunk, 0), rise(chunk, 1)};
#pragma unroll
    for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) o[n][i] *= rises[i / 2];
    }

    keys += 16 * block * L::KEY_ROW + loadBOffset(L::KEY_ROW, false);
    values += 16 * block * L::VALUE_ROW + loadBOffset(L::VALUE_ROW, true) + column0;
    float far = 1;
#pragma unroll
    for (int away = 0; away < BLOCKS; away++) {
      if (away > (REVERSE ? BLOCKS - 1 - block : block)) break;
      float p[2][2][4] = {};  // even and odd steps apart: four independent sums
#pragma unroll
      for (int i = 0; i < KEYS / 16; i++) {
        uint32_t b[4];
        loadMatrix4(b, keys + 16 * i);
        multiplyPair(p[i % 2][0], p[i % 2][1], q[i], b);
      }
#pragma unroll
      for (int tile = 0; tile < 2; tile++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          float m = PLAIN ? mask(away, far, tile, i) : factor(chunk, away, tile, i);
          p[0][tile][i] = (p[0][tile][i] + p[1][tile][i]) * m;
        }
      }
      if (away > 0) far *= eight * eight;
      uint32_t masked[4];
#pragma unroll
      for (int i = 0; i < 4; i++) masked[i] = packBf16(p[0][i / 2][i % 2 * 2], p[0][i / 2][i % 2 * 2 + 1]);
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        uint32_t b[4];
        loadMatrix4Transposed(b, values + 16 * n);
        multiplyPair(o[2 * n], o[2 * n + 1], masked, b);
      }
      keys += REVERSE ? 16 * L::KEY_ROW : -16 * L::KEY_ROW;
      values += REVERSE ? 16 * L::VALUE_ROW : -16 * L::VALUE_ROW;
    }
  }

  // Neighbouring lanes exchange what makes eight bytes of two tiles, so that four lanes write 32 bytes of a row.
  __device__ __forceinline__ void storePlain(const Chunk<PLAIN>& chunk, const float (&o)[COLUMNS / 8][4], bf16* to,
                                             int stride) {
    bool odd = t % 2;
    to += (long long)(16 * block + g) * stride + column0 + (odd ? 8 + 2 * (t - 1) : 2 * t);
#pragma unroll
    for (int half = 0; half < 2; half++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n += 2) {
        uint32_t first = packBf16(o[n][2 * half], o[n][2 * half + 1]);
        uint32_t second = packBf16(o[n + 1][2 * half], o[n + 1][2 * half + 1]);
        uint32_t other = __shfl_xor_sync(ALL_LANES, odd ? first : second, 1);
        uint2 whole = odd ? make_uint2(other, second) : make_uint2(first, other);
        if (16 * block + g + 8 * half < chunk.rows) {
          *reinterpret_cast<uint2*>(to + (long long)8 * half * stride + 8 * n) = whole;
        }
      }
    }
  }

  __device__ void storeAny(const Chunk<PLAIN>& chunk, const float (&o)[COLUMNS / 8][4], bf16* to, int stride,
                           int width) {
#pragma unroll
    for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        int row = 16 * block + g + 8 * (i / 2);
        int column = column0 + 8 * n + 2 * t + i % 2;
        if (row < chunk.rows && column < width) to[(long long)row * stride + column] = fromFloat<bf16>(o[n][i]);
      }
    }
  }
};

// ---- the state

// A warp's rows and columns of the block's VALUES columns of S, in fragments.
template <int ROWS, int COLUMNS, int VALUES, bool PLAIN>
struct StateTile {
  const Attention<bf16>& a;
  int row0, column0;
  int lane = threadIdx.x % 32;
  float s[ROWS / 16][COLUMNS / 8][4] = {};

  __device__ StateTile(const Attention<bf16>& a, int row0, int column0) : a(a), row0(row0), column0(column0) {}

  template <class F>
  __device__ void forEach(F f) {
    const int rowStep = a.transposed ? 1 : a.valueWidth;
    const int columnStep = a.transposed ? a.keyWidth : 1;
    const int row = row0 + lane / 4;
    const int column = blockIdx.y * VALUES + column0 + 2 * (lane % 4);
#pragma unroll
    for (int m = 0; m < ROWS / 8; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 4; n++) {
        int i = row + 8 * m;
        int j = column + n / 2 * 8 + n % 2;
        if (PLAIN || (i < a.keyWidth && j < a.valueWidth)) {
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
    if (PLAIN && !a.transposed && reinterpret_cast<uintptr_t>(to) % 8 == 0) {
      to += (long long)(row0 + lane / 4) * a.valueWidth + blockIdx.y * VALUES + column0 + 2 * (lane % 4);
#pragma unroll
      for (int m = 0; m < ROWS / 8; m++) {
#pragma unroll
        for (int n = 0; n < COLUMNS / 8; n++) {
          const float* pair = s[m / 2][n] + m % 2 * 2;
          *reinterpret_cast<float2*>(to + 8 * m * a.valueWidth + 8 * n) = make_float2(pair[0], pair[1]);
        }
      }
      return;
    }
    forEach([&](float& x, int at) { to[at] = x; });
  }
};

template <int KEYS, int VALUES, bool REVERSE, bool PLAIN>
struct State : StateTile<KEYS / 4, VALUES / 2, VALUES, PLAIN> {
  using L = Layout<KEYS, VALUES>;
  static constexpr int ROWS = KEYS / 4;
  static constexpr int COLUMNS = VALUES / 2;
  using Tile = StateTile<ROWS, COLUMNS, VALUES, PLAIN>;
  using Tile::column0;
  using Tile::lane;
  using Tile::row0;
  using Tile::s;
  float rate;
  const float* weightOfRow;  // PLAIN, shared: lambda^(63-r), or in reverse lambda^(r+1), and zeros from row 64 on

  __device__ State(const Attention<bf16>& a, float rate, float* weights)
      : Tile(a, threadIdx.x / 32 % 8 / 2 * ROWS, threadIdx.x / 32 % 2 * COLUMNS), rate(rate), weightOfRow(weights) {
    int r = threadIdx.x - OUTPUT_THREADS;
    if (r < L::WEIGHTS) weights[r] = r < CHUNK ? decay(rate, REVERSE ? r + 1 : CHUNK - 1 - r) : 0.f;
  }

  __device__ int rowInBlock(int i) const { return 2 * (lane % 4) + i % 2 + 8 * (i / 2); }

  // A copy in bf16 for the warps that compute outputs.
  __device__ __forceinline__ void publish(bf16* state) {
    state += (row0 + lane / 4) * L::VALUE_ROW + column0 + 2 * (lane % 4);
#pragma unroll
    for (int m = 0; m < ROWS / 8; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n++) {
        *reinterpret_cast<uint32_t*>(state + 8 * m * L::VALUE_ROW + 8 * n) =
            packBf16(s[m / 2][n][m % 2 * 2], s[m / 2][n][m % 2 * 2 + 1]);
      }
    }
  }

  // Weight of a row of the chunk, lambda^(m-1-r) or, in reverse, lambda^(r+1); rows that do not exist are zeros anyhow.
  __device__ __forceinline__ float weight(const Chunk<PLAIN>& chunk, int r) const {
    if constexpr (PLAIN) {
      return weightOfRow[REVERSE ? r : r + CHUNK - chunk.rows];
    } else {
      bool counts = r < chunk.rows && (REVERSE ? chunk.start(r) < 0 : r >= chunk.last);
      return counts ? decay(rate, REVERSE ? r + 1 : chunk.rows - 1 - r) : 0.f;
    }
  }

  __device__ __forceinline__ void run(const Chunk<PLAIN>& chunk, const bf16* keys, const bf16* values) {
    const float keep = chunk.boundary() ? 0.f : decay(rate, chunk.rows);
    keys += (lane % 8 + lane / 16 * 8) * L::KEY_ROW + row0 + lane / 8 % 2 * 8;
    values += loadBOffset(L::VALUE_ROW, true) + column0;
#pragma unroll
    for (int m = 0; m < ROWS / 16; m++) {
#pragma unroll
      for (int n = 0; n < COLUMNS / 8; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) s[m][n][i] *= keep;
      }
    }
#pragma unroll
    for (int k = 0; k < BLOCKS; k++) {
      float w[4];
#pragma unroll
      for (int i = 0; i < 4; i++) w[i] = weight(chunk, 16 * k + rowInBlock(i));
      uint32_t x[ROWS / 16][4];
#pragma unroll
      for (int m = 0; m < ROWS / 16; m++) {
        loadMatrix4Transposed(x[m], keys + 16 * k * L::KEY_ROW + 16 * m);
#pragma unroll
        for (int i = 0; i < 4; i++) {
          x[m][i] = packBf16(firstOfPair(x[m][i]) * w[i / 2 * 2], secondOfPair(x[m][i]) * w[i / 2 * 2 + 1]);
        }
      }
#pragma unroll
      for (int n = 0; n < COLUMNS / 16; n++) {
        uint32_t b[4];
        loadMatrix4Transposed(b, values + 16 * k * L::VALUE_ROW + 16 * n);
#pragma unroll
        for (int m = 0; m < ROWS / 16; m++) multiplyPair(s[m][2 * n], s[m][2 * n + 1], x[m], b);
      }
    }
  }
};

// ---- a segment

template <int KEYS, int VALUES, bool REVERSE, bool STATES_ONLY, bool PLAIN>
__device__ __forceinline__ void attend(const Attention<bf16>& a) {
  using L = Layout<KEYS, VALUES>;
  DYNAMIC_SHARED(bf16, shared);
  bf16* const copies = shared + L::STAGES * L::STAGE;
  const int chunks = (a.end() - a.first() + CHUNK - 1) / CHUNK;
  const int width = a.valueWidth - blockIdx.y * VALUES;
  const bool aligned = PLAIN || (isAligned(a.q, a.qStride, a.keyWidth) && isAligned(a.k, a.kStride, a.keyWidth) &&
                                 isAligned(a.v, a.vStride, a.valueWidth));
  const float rate = a.rates[a.head()];
  constexpr int DIRECTION = REVERSE ? -CHUNK : CHUNK;
  const int firstRow = a.first() + (REVERSE ? (chunks - 1) * CHUNK : 0);

  int row = firstRow;
  int stage = -1;
  auto next = [&]() {
    stage = stage == L::STAGES - 1 ? 0 : stage + 1;
    Chunk<PLAIN> chunk(a, row);
    row += DIRECTION;
    return chunk;
  };
  if (threadIdx.x < OUTPUT_THREADS) {
    Output<KEYS, VALUES, REVERSE, PLAIN> out(rate);
    bf16* to = STATES_ONLY ? nullptr : a.out(firstRow) + blockIdx.y * VALUES;
    for (int c = 0; c < chunks; c++) {
      Chunk<PLAIN> chunk = next();
      meetBlock();  // this chunk's tiles and copy of the state are complete
      if (STATES_ONLY) continue;
      const bf16* tiles = shared + stage * L::STAGE;
      float o[VALUES / 16][4] = {};
      out.run(chunk, tiles, tiles + L::KEY_TILE, tiles + 2 * L::KEY_TILE, copies + c % 2 * L::STATE, o);
      if (PLAIN) {
        out.storePlain(chunk, o, to, a.oStride);
      } else {
        out.storeAny(chunk, o, to, a.oStride, width);
      }
      to += (long long)DIRECTION * a.oStride;
    }
  } else {
    Loader<KEYS, PLAIN> q(STATES_ONLY ? a.k : a.keys(a.q, a.qStride, firstRow), a.qStride, a.keyWidth, aligned);
    Loader<KEYS, PLAIN> k(a.keys(a.k, a.kStride, firstRow), a.kStride, a.keyWidth, aligned);
    Loader<VALUES, PLAIN> v(a.values(a.v, a.vStride, firstRow) + blockIdx.y * VALUES, a.vStride, width, aligned);
    int loading = 0;  // the chunk to be loaded next
    auto load = [&](int stage) {
      if (loading < chunks) {
        int rows = a.end() - (firstRow + loading * DIRECTION);
        bf16* to = shared + stage * L::STAGE;
        if (!STATES_ONLY) q.load(to, rows, DIRECTION);
        k.load(to + L::KEY_TILE, rows, DIRECTION);
        v.load(to + 2 * L::KEY_TILE, rows, DIRECTION);
      }
      commitCopies();
      loading++;
    };
    for (int c = 0; c < L::STAGES - 1; c++) load(c);
    State<KEYS, VALUES, REVERSE, PLAIN> state(a, rate, reinterpret_cast<float*>(copies + 2 * L::STATE));
    state.load(a.stateBefore(REVERSE));
    if (!STATES_ONLY) state.publish(copies);
    int chunksToSaving = 0;
    for (int c = 0; c < chunks; c++) {
      Chunk<PLAIN> chunk = next();
      waitForCopies<L::STAGES - 2>();
      meetBlock();  // the tiles of the chunk before are free
      load(stage == 0 ? L::STAGES - 1 : stage - 1);
      if (a.saved != nullptr && chunksToSaving-- == 0) {
        state.save(a.savedAt(chunk.first));
        chunksToSaving = a.savedEvery / CHUNK - 1;
      }
      const bf16* keys = shared + stage * L::STAGE + L::KEY_TILE;
      state.run(chunk, keys, keys + L::KEY_TILE);
      if (!STATES_ONLY) state.publish(copies + (c + 1) % 2 * L::STATE);
    }
    bool last = REVERSE ? blockIdx.z == 0 : blockIdx.z == gridDim.z - 1;
    if (a.after != nullptr && (STATES_ONLY || last)) {
      long long at = STATES_ONLY ? (long long)blockIdx.x * gridDim.z + blockIdx.z : blockIdx.x;
      state.save(a.after + at * a.stateElements());
    }
  }
}

#ifdef TNL_WARPGROUPS
#include "attention_warpgroup.cuh"
#endif

// Apart, so that the plain case does not give its registers to this one.
template <int KEYS, int VALUES, bool REVERSE, bool STATES_ONLY>
__device__ __noinline__ void attendAny(Attention<bf16> a) {
  attend<KEYS, VALUES, REVERSE, STATES_ONLY, false>(a);
}

template <int KEYS, int VALUES, bool REVERSE, bool STATES_ONLY>
__device__ __forceinline__ void attend(const Attention<bf16>& a) {
  bool plain = a.starts == nullptr && a.keyWidth == KEYS && a.valueWidth % VALUES == 0 &&
               isAligned(a.k, a.kStride, KEYS) && isAligned(a.v, a.vStride, VALUES) &&
               (STATES_ONLY || (isAligned(a.q, a.qStride, KEYS) && isAligned(a.o, a.oStride, VALUES)));
  if (plain) {
#ifdef TNL_WARPGROUPS
    if constexpr (KEYS * VALUES == 128 * 128) {
      attendByWarpgroups<KEYS, VALUES, REVERSE, STATES_ONLY>(a);
      return;
    }
#endif
    attend<KEYS, VALUES, REVERSE, STATES_ONLY, true>(a);
  } else {
    attendAny<KEYS, VALUES, REVERSE, STATES_ONLY>(a);
  }
}

}  // namespace

#define ATTENTION(name, KEYS, VALUES, REVERSE, STATES_ONLY)                                   \
  extern "C" __global__ void __launch_bounds__(THREADS, 1) name(ATTENTION_PARAMETERS(bf16)) { \
    attend<KEYS, VALUES, REVERSE, STATES_ONLY>(Attention<bf16>{ATTENTION_ARGUMENTS});         \
  }                                                                                           \
  KERNEL(name)

#define ATTENTION_OF_WIDTH(KEYS, VALUES)                                          \
  ATTENTION(attention_bf16_##KEYS##_##VALUES, KEYS, VALUES, false, false);        \
  ATTENTION(attention_reverse_bf16_##KEYS##_##VALUES, KEYS, VALUES, true, false); \
  ATTENTION(attention_states_bf16_##KEYS##_##VALUES, KEYS, VALUES, false, true);  \
  ATTENTION(attention_states_reverse_bf16_##KEYS##_##VALUES, KEYS, VALUES, true, true)
