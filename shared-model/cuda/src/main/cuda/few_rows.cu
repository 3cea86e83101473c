// Products of the rows of a decoding step, y = x w^T with w [O, I] dense and read from memory once.
//
// An element's sum runs over I in an order that depends on I alone, the same in all kernels here, so that a row's bits
// depend neither on the other rows nor on the kernel: eight warps share I, and their parts are added in order. Tensor
// cores: w is the left operand (16 of its rows), x the right one (8 of its rows). A lane loads 16 bytes of a row at a
// time; which k a register holds does not matter as long as both operands agree. I a multiple of 8, rows 16-byte aligned.
// Launch: 256 threads. Bound by memory while rows are few.
//
// few_rows_GROUPS: y (+)= x w^T, w read once for 8 GROUPS rows. Grid (ceil(O / 16), ceil(M / (8 GROUPS))).
//
// step_*: at most 8 rows, with what comes before a product and after it, and launched in a chain. A block goes through
// tiles of 16 rows of w (8 in step_gated and step_add) with 64 KiB of them always on their way, the first of them before
// the kernel ahead has ended: blocks of two kernels fit on a processor side by side. Bits are those of the separate
// operations. Grid: at most a block a tile; as many as there are processors. Dynamic shared memory: 64 KiB, and what the
// product reads, M (I + 32) bf16.
//   step_norm_TYPE   y = SRMS(x) w^T             x fp32
//   step_glu         y = (SRMS(x) w1^T) (SRMS(x) w2^T), w = [w1; w2], x fp32; O counts the columns of y
//   step_gated       y += (u SRMS(x)) w^T        x, u bf16, y fp32
//   step_add         y += x w^T                  x bf16, y fp32
#include "rows.cuh"

namespace {

constexpr int WARPS = 8;
constexpr int OUTPUTS = 16;
constexpr int STEP = 32;  // of I, a warp at a time

__device__ __forceinline__ uint4 pieceOf(const bf16* at, bool real) {
  return real ? *reinterpret_cast<const uint4*>(at) : make_uint4(0, 0, 0, 0);
}

__device__ __forceinline__ uint4 piece(const bf16* row, int at, int width, bool real) {
  return pieceOf(row + at, real && at < width);
}

template <int GROUPS, class Y>
__device__ void fewRows(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width,
                        int accumulate) {
  __shared__ float sums[WARPS][OUTPUTS][GROUPS * 8 + 1];
  const int warp = threadIdx.x / 32;
  const int lane = threadIdx.x % 32;
  const int g = lane / 4;
  const int t = lane % 4;
  const int output = blockIdx.x * OUTPUTS;
  const int first = blockIdx.y * GROUPS * 8;
  const bf16* upper = w + (long long)(output + g) * width;
  const bf16* lower = upper + 8ll * width;
  const bool upperReal = output + g < outputs;
  const bool lowerReal = output + g + 8 < outputs;
  float c[GROUPS][4] = {};
  const int share = (width + WARPS * STEP - 1) / (WARPS * STEP) * STEP;
  const int end = min(width, (warp + 1) * share);
#pragma unroll 4
  for (int k = warp * share; k < end; k += STEP) {
    uint4 p = piece(upper, k + 8 * t, end, upperReal);
    uint4 q = piece(lower, k + 8 * t, end, lowerReal);
    uint32_t a[2][4] = {{p.x, q.x, p.y, q.y}, {p.z, q.z, p.w, q.w}};
    uint4 b[GROUPS];
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      int row = first + 8 * n + g;
      b[n] = piece(x + (long long)row * xStride, k + 8 * t, end, row < rows);
    }
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      uint32_t low[2] = {b[n].x, b[n].y};
      mmaBf16(c[n], a[0], low);
    }
#pragma unroll
    for (int n = 0; n < GROUPS; n++) {
      uint32_t high[2] = {b[n].z, b[n].w};
      mmaBf16(c[n], a[1], high);
    }
  }
#pragma unroll
  for (int n = 0; n < GROUPS; n++) {
#pragma unroll
    for (int i = 0; i < 4; i++) sums[warp][g + 8 * (i / 2)][8 * n + 2 * t + i % 2] = c[n][i];
  }
  __syncthreads();
  for (int n = threadIdx.x; n < OUTPUTS * GROUPS * 8; n += WARPS * 32) {
    int j = n % OUTPUTS;
    int row = first + n / OUTPUTS;
    if (row >= rows || output + j >= outputs) continue;
    float sum = 0;
#pragma unroll
    for (int part = 0; part < WARPS; part++) sum += sums[part][j][n / OUTPUTS];
    Y* at = y + (long long)row * yStride + output + j;
    *at = fromFloat<Y>(accumulate ? toFloat(*at) + sum : sum);
  }
}

enum Input { PLAIN, NORM, GATED_NORM };
enum Output { STORE, ADD, GLU };

constexpr int ROWS = 8;
constexpr int PAD = 32;  // elements between rows in shared memory
constexpr int THREADS = WARPS * 32;
constexpr int BYTES_ON_THEIR_WAY = 64 * 1024;

__device__ __forceinline__ float factorOf(const float (&s)[WARPS], int width, float eps) {
  return inverseRoot(((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])), width, eps);
}

// Rows that are normed, in shared memory: each sum of squares in the order of the norm's own kernel (sumOfBlock). A
// thread's last piece of a row stays in registers until the sum is there; wider rows are read twice.
template <int AT_ONCE, bool GATED, class X>
__device__ __forceinline__ void prepareNormed(bf16* to, const X* x, int xStride, const bf16* gate, int gateStride,
                                              int rows, int width, float eps) {
  constexpr int APART = THREADS * WIDE;
  __shared__ float parts[ROWS][WARPS];
#pragma unroll 1
  for (int first = 0; first < rows; first += AT_ONCE) {
    float a[AT_ONCE][WIDE], b[AT_ONCE][WIDE], sum[AT_ONCE] = {};
    auto fetch = [&](int j) {
#pragma unroll
      for (int r = 0; r < AT_ONCE; r++) {
        const int row = min(first + r, rows - 1);
        load(a[r], x + (long long)row * xStride + j);
        if (GATED) load(b[r], gate + (long long)row * gateStride + j);
      }
    };
    int at = threadIdx.x * WIDE;
#pragma unroll 1
    for (; at < width; at += APART) {
      fetch(at);
#pragma unroll
      for (int i = 0; i < AT_ONCE * WIDE; i++) {
        sum[i / WIDE] = fmaf(a[i / WIDE][i % WIDE], a[i / WIDE][i % WIDE], sum[i / WIDE]);
      }
    }
#pragma unroll
    for (int r = 0; r < AT_ONCE; r++) sum[r] = sumOfWarp(sum[r]);
#pragma unroll
    for (int r = 0; r < AT_ONCE; r++) {
      if (threadIdx.x % 32 == 0 && first + r < rows) parts[first + r][threadIdx.x / 32] = sum[r];
    }
    __syncthreads();
    float scale[AT_ONCE];
#pragma unroll
    for (int r = 0; r < AT_ONCE; r++) scale[r] = factorOf(parts[min(first + r, rows - 1)], width, eps);
#pragma unroll 1
    for (at -= APART; at >= 0; at -= APART) {
#pragma unroll
      for (int r = 0; r < AT_ONCE; r++) {
#pragma unroll
        for (int i = 0; i < WIDE; i++) a[r][i] = GATED ? a[r][i] * scale[r] * b[r][i] : a[r][i] * scale[r];
        if (first + r < rows) store(to + (first + r) * (width + PAD) + at, a[r]);
      }
      if (at >= APART) fetch(at - APART);
    }
  }
}

// What the product reads, in shared memory.
template <Input INPUT, class X>
__device__ __forceinline__ void prepare(bf16* to, const X* x, int xStride, const bf16* gate, int gateStride, int rows,
                                        int width, float eps) {
  constexpr int AT_ONCE = 4;
  if constexpr (INPUT != PLAIN) {
    if (rows == 1) {
      prepareNormed<1, INPUT == GATED_NORM>(to, x, xStride, gate, gateStride, rows, width, eps);
    } else {
      prepareNormed<AT_ONCE, INPUT == GATED_NORM>(to, x, xStride, gate, gateStride, rows, width, eps);
    }
  } else {
    const int packs = width / WIDE;
#pragma unroll 1
    for (int first = threadIdx.x; first < rows * packs; first += AT_ONCE * THREADS) {
      uint4 pack[AT_ONCE];
#pragma unroll
      for (int i = 0; i < AT_ONCE; i++) {
        int n = first + i * THREADS;
        pack[i] = pieceOf(x + (long long)(n / packs) * xStride + n % packs * WIDE, n < rows * packs);
      }
#pragma unroll
      for (int i = 0; i < AT_ONCE; i++) {
        int n = first + i * THREADS;
        if (n < rows * packs) *reinterpret_cast<uint4*>(to + n / packs * (width + PAD) + n % packs * WIDE) = pack[i];
      }
    }
  }
}

template <Input INPUT, Output OUTPUT, class Y, class X>
__device__ void step(Y* y, int yStride, const X* x, int xStride, const bf16* gate, int gateStride, const bf16* w,
                     int rows, int outputs, int width, float eps) {
  constexpr int PER_TILE = OUTPUT == STORE ? 16 : 8;
  constexpr int PIECES = OUTPUT == ADD ? 1 : 2;  // rows of w a lane has
  constexpr int DEPTH = BYTES_ON_THEIR_WAY / (PIECES * THREADS * 16);
  constexpr int AT_ONCE = 2;  // steps whose operands are read before the first sum is waited for
  __shared__ float sums[2][WARPS][OUTPUTS][ROWS + 1];
  DYNAMIC_SHARED(uint4, ring);
  bf16* prepared = reinterpret_cast<bf16*>(ring + DEPTH * PIECES * THREADS);
  ring += threadIdx.x;  // a lane reads what it has fetched itself
  const int warp = threadIdx.x / 32;
  const int g = threadIdx.x % 32 / 4;
  const int at = threadIdx.x % 4 * 8;
  const int tiles = (outputs + PER_TILE - 1) / PER_TILE;
  const int share = (width + WARPS * STEP - 1) / (WARPS * STEP) * STEP;
  const int begin = warp * share;
  const int end = min(width, begin + share);
  const int steps = max(0, end - begin + STEP - 1) / STEP;

  int nextTile = blockIdx.x;
  int nextStep = 0;
  auto fetch = [&](int slot) {
    if (nextTile < tiles && steps > 0) {
      int output = nextTile * PER_TILE + g;
      int k = begin + nextStep * STEP + at;
      const bf16* from = w + (long long)output * width + k;
      bool real = k < end && output < outputs;
      copyAsync16(ring + slot * PIECES * THREADS, real ? from : w, real ? 16 : 0);
      if (PIECES == 2) {
        from += (long long)(OUTPUT == GLU ? outputs : 8) * width;
        real = k < end && output + (OUTPUT == GLU ? 0 : 8) < outputs;
        copyAsync16(ring + (slot * PIECES + 1) * THREADS, real ? from : w, real ? 16 : 0);
      }
      if (++nextStep == steps) {
        nextStep = 0;
        nextTile += gridDim.x;
      }
    }
    commitCopies();
  };
#pragma unroll 1
  for (int slot = 0; slot < DEPTH; slot++) fetch(slot);

  // Attention's step follows a product with a norm, and reads states before it waits: what writes them must have ended.
  constexpr bool BEFORE_A_STEP = INPUT == NORM && OUTPUT == STORE;
  if (!BEFORE_A_STEP) letNextKernelBegin();
  waitForEarlierKernels();
  if (BEFORE_A_STEP) letNextKernelBegin();
  prepare<INPUT>(prepared, x, xStride, gate, gateStride, rows, width, eps);
  __syncthreads();

  const bf16* operand = prepared + g * (width + PAD) + begin + at;
  const int leftOfX = g < rows ? end - begin - at : 0;
  const int j = threadIdx.x % PER_TILE;
  const int row = threadIdx.x / PER_TILE;
  int slot = 0;
  int buffer = 0;
#pragma unroll 1
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    const int output = tile * PER_TILE + j;
    const bool mine = row < rows && output < outputs;
    Y* to = y + (long long)row * yStride + output;
    const float before = OUTPUT == ADD && mine ? toFloat(*to) : 0.f;
    float c[4] = {};
#pragma unroll 1
    for (int n = 0; n < steps; n += AT_ONCE) {
      waitForCopies<DEPTH - AT_ONCE>();
      uint4 p[AT_ONCE], q[AT_ONCE], b[AT_ONCE];
#pragma unroll
      for (int i = 0; i < AT_ONCE; i++) {
        const uint4* at = ring + (slot + i) % DEPTH * PIECES * THREADS;
        p[i] = at[0];
        q[i] = PIECES == 2 ? at[(PIECES - 1) * THREADS] : make_uint4(0, 0, 0, 0);
        b[i] = pieceOf(operand + (n + i) * STEP, leftOfX > (n + i) * STEP);
      }
#pragma unroll
      for (int i = 0; i < AT_ONCE; i++) {
        if (n + i == steps) break;
        uint32_t a[2][4] = {{p[i].x, q[i].x, p[i].y, q[i].y}, {p[i].z, q[i].z, p[i].w, q[i].w}};
        uint32_t low[2] = {b[i].x, b[i].y};
        uint32_t high[2] = {b[i].z, b[i].w};
        mmaBf16(c, a[0], low);
        mmaBf16(c, a[1], high);
        fetch((slot + i) % DEPTH);
      }
      slot = (slot + min(AT_ONCE, steps - n)) % DEPTH;
    }
#pragma unroll
    for (int i = 0; i < 4; i++) sums[buffer][warp][g + 8 * (i / 2)][at / 4 + i % 2] = c[i];
    __syncthreads();
    if (mine) {
      float sum = 0, other = 0;
#pragma unroll
      for (int part = 0; part < WARPS; part++) {
        sum += sums[buffer][part][j][row];
        if (OUTPUT == GLU) other += sums[buffer][part][j + 8][row];
      }
      *to = fromFloat<Y>(OUTPUT == ADD   ? before + sum
                         : OUTPUT == GLU ? toFloat(fromFloat<Y>(sum)) * toFloat(fromFloat<Y>(other))
                                         : sum);
    }
    buffer ^= 1;  // what is read here is overwritten after the next barrier but one
  }
}

}  // namespace

#define FEW_ROWS(name, GROUPS, Y)                                                                                  \
  extern "C" __global__ void __launch_bounds__(256)                                                                \
      name(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width,         \
           int accumulate) {                                                                                       \
    fewRows<GROUPS>(y, yStride, x, xStride, w, rows, outputs, width, accumulate);                                  \
  }                                                                                                                \
  KERNEL(name)

FEW_ROWS(few_rows_1_f32, 1, float);
FEW_ROWS(few_rows_1_bf16, 1, bf16);
FEW_ROWS(few_rows_2_f32, 2, float);
FEW_ROWS(few_rows_2_bf16, 2, bf16);
FEW_ROWS(few_rows_4_f32, 4, float);
FEW_ROWS(few_rows_4_bf16, 4, bf16);
FEW_ROWS(few_rows_8_f32, 8, float);
FEW_ROWS(few_rows_8_bf16, 8, bf16);

#define STEP_KERNEL(name, INPUT, OUTPUT, Y, X)                                                                      \
  extern "C" __global__ void __launch_bounds__(THREADS, 2)                                                          \
      name(Y* y, int yStride, const X* x, int xStride, const bf16* gate, int gateStride, const bf16* w, int rows,  \
           int outputs, int width, float eps) {                                                                    \
    step<INPUT, OUTPUT>(y, yStride, x, xStride, gate, gateStride, w, rows, outputs, width, eps);                   \
  }                                                                                                                \
  KERNEL(name)

STEP_KERNEL(step_norm_bf16, NORM, STORE, bf16, float);
STEP_KERNEL(step_norm_f32, NORM, STORE, float, float);
STEP_KERNEL(step_glu, NORM, GLU, bf16, float);
STEP_KERNEL(step_gated, GATED_NORM, ADD, float, bf16);
STEP_KERNEL(step_add, PLAIN, ADD, float, bf16);
