// few_rows.cu's products for the rows of a large decoding step: y = x w^T with the same bits, w [O, I] dense.
//
// A block's WROWS rows of w and 64 of x come in pieces of CHUNK columns by asynchronous copies into a ring; 16 bytes of
// an odd row lie in the other half of their 128 bytes, so that the eight lanes of two rows meet different banks. Sums
// follow few_rows.cu: I in eight parts, each with its own accumulators, added in order. Warps lie WARPS_OF_W along w by
// as many as are left along x; each has M tiles of 16 rows of w and N of 8 rows of x.
//
//   many_rows_TYPE        y = x w^T                          WROWS 128
//   many_rows_glu         y = (x w1^T) (x w2^T), w = [w1; w2]    WROWS 128, half of them w1's: 64 columns of y
//   many_rows_add         y += x w^T, y fp32                 WROWS 32, since O is as small as the model is wide
//
// Launch: 256 threads, grid (ceil(O / (columns of y in a block)), ceil(M / 64)), dynamic shared memory 96 KiB; not in a
// chain, which was slower. I a multiple of 8, rows 16-byte aligned. At 256 rows 2 x 256 FLOP for two bytes of w: bound by
// what comes before the tensor cores (docs/cuda.md).
#include "rows.cuh"

namespace {

enum Output { STORE, ADD, GLU };

constexpr int PARTS = 8;   // of I, as in few_rows.cu
constexpr int STEP = 32;
constexpr int THREADS = 256;
constexpr int SHARED_BYTES = 96 * 1024;

template <int CHUNK>
__device__ __forceinline__ uint4 piece(const bf16* tile, int row, int at) {
  return *reinterpret_cast<const uint4*>(tile + row * CHUNK + (at ^ (row & 1) * 4) * 8);
}

template <int WARPS_OF_W, int M, int N, int CHUNK, Output OUTPUT, class Y>
__device__ void manyRows(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs,
                         int width) {
  constexpr int WARPS_OF_X = THREADS / 32 / WARPS_OF_W;
  constexpr int WROWS = WARPS_OF_W * 16 * M;
  constexpr int XROWS = WARPS_OF_X * 8 * N;
  constexpr int COLUMNS = OUTPUT == GLU ? WROWS / 2 : WROWS;
  constexpr int STAGE = (WROWS + XROWS) * CHUNK;
  constexpr int STAGES = SHARED_BYTES / (STAGE * int(sizeof(bf16)));
  DYNAMIC_SHARED(bf16, stages);
  const int g = threadIdx.x % 32 / 4;
  const int t = threadIdx.x % 4;
  const int ofW = threadIdx.x / 32 / WARPS_OF_X;  // warp's row of tiles
  const int ofX = threadIdx.x / 32 % WARPS_OF_X;  // and column
  const int output = blockIdx.x * COLUMNS;
  const int first = blockIdx.y * XROWS;

  // A thread fetches the same piece of every row that lies AT_ONCE further on; what is outside becomes 0.
  constexpr int AT_ONCE = THREADS * 8 / CHUNK;
  constexpr int COPIES = (WROWS + XROWS) / AT_ONCE;
  const int r = threadIdx.x / (CHUNK / 8);
  int column = threadIdx.x % (CHUNK / 8) * 8;
  const bf16* from[COPIES];
  int valid[COPIES];
#pragma unroll
  for (int i = 0; i < COPIES; i++) {
    const int row = r + i * AT_ONCE;
    const bool ofThoseOfW = i < WROWS / AT_ONCE;
    const int o = output + (OUTPUT == GLU ? row / 16 * 8 + row % 8 : row);
    const int m = first + row - WROWS;
    const bool real = ofThoseOfW ? o < outputs : m < rows;
    const bf16* at = ofThoseOfW ? w + ((long long)o + (OUTPUT == GLU && row % 16 >= 8 ? outputs : 0)) * width
                                : x + (long long)m * xStride;
    from[i] = (real ? at : w) + column;
    valid[i] = real ? 16 : 0;
  }
  bf16* const place = stages + r * CHUNK + (column / 8 ^ (r & 1) * 4) * 8;
  const int chunks = (width + CHUNK - 1) / CHUNK;
  int fetched = 0;
  auto fetch = [&](int slot) {
    if (fetched++ < chunks) {
      const bool inside = column < width;
#pragma unroll
      for (int i = 0; i < COPIES; i++) {
        copyAsync16(place + slot * STAGE + i * AT_ONCE * CHUNK, inside ? from[i] : w, inside ? valid[i] : 0);
        from[i] += CHUNK;
      }
      column += CHUNK;
    }
    commitCopies();
  };

  const int share = (width + PARTS * STEP - 1) / (PARTS * STEP) * STEP;
  float part[M][N][4] = {}, sum[M][N][4] = {};
  auto addPart = [&] {
#pragma unroll
    for (int i = 0; i < M * N * 4; i++) {
      float& c = part[i / 4 / N][i / 4 % N][i % 4];
      sum[i / 4 / N][i / 4 % N][i % 4] += c;
      c = 0;
    }
  };
  for (int i = 0; i < STAGES - 1; i++) fetch(i);
  int left = share;
  int slot = 0, free = STAGES - 1;
#pragma unroll 1
  for (int chunk = 0; chunk < chunks; chunk++) {
    waitForCopies<STAGES - 2>();
    __syncthreads();
    fetch(free);
    const bf16* tile = stages + slot * STAGE;
    free = slot;
    slot = slot + 1 == STAGES ? 0 : slot + 1;
#pragma unroll
    for (int step = 0; step < CHUNK / STEP; step++) {
      if (left == 0) {
        addPart();
        left = share;
      }
      left -= STEP;
      uint4 b[N];
#pragma unroll
      for (int n = 0; n < N; n++) b[n] = piece<CHUNK>(tile, WROWS + (ofX * N + n) * 8 + g, step * 4 + t);
#pragma unroll
      for (int m = 0; m < M; m++) {
        uint4 p = piece<CHUNK>(tile, (ofW * M + m) * 16 + g, step * 4 + t);
        uint4 q = piece<CHUNK>(tile, (ofW * M + m) * 16 + g + 8, step * 4 + t);
        uint32_t a[2][4] = {{p.x, q.x, p.y, q.y}, {p.z, q.z, p.w, q.w}};
        // Two sums in a row of the same accumulators would wait for each other.
#pragma unroll
        for (int n = 0; n < N; n++) {
          uint32_t low[2] = {b[n].x, b[n].y};
          mmaBf16(part[m][n], a[0], low);
        }
#pragma unroll
        for (int n = 0; n < N; n++) {
          uint32_t high[2] = {b[n].z, b[n].w};
          mmaBf16(part[m][n], a[1], high);
        }
      }
    }
  }
  addPart();
#pragma unroll
  for (int i = 0; i < M * N * 4; i++) {
    int m = i / 4 / N, n = i / 4 % N;
    bool lower = i % 4 >= 2;
    if (OUTPUT == GLU && lower) continue;
    int column = output + (ofW * M + m) * (OUTPUT == GLU ? 8 : 16) + g + (lower ? 8 : 0);
    int row = first + (ofX * N + n) * 8 + 2 * t + i % 2;
    if (column >= outputs || row >= rows) continue;
    Y* at = y + (long long)row * yStride + column;
    float c = sum[m][n][i % 4];
    if (OUTPUT == ADD) c += toFloat(*at);
    if (OUTPUT == GLU) c = toFloat(fromFloat<Y>(c)) * toFloat(fromFloat<Y>(sum[m][n][i % 4 + (OUTPUT == GLU ? 2 : 0)]));
    *at = fromFloat<Y>(c);
  }
}

}  // namespace

#define MANY_ROWS(name, WARPS_OF_W, M, N, CHUNK, OUTPUT, Y)                                                           \
  extern "C" __global__ void __launch_bounds__(THREADS, 2)                                                            \
      name(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width) {          \
    manyRows<WARPS_OF_W, M, N, CHUNK, OUTPUT>(y, yStride, x, xStride, w, rows, outputs, width);                       \
  }                                                                                                                   \
  KERNEL(name)

MANY_ROWS(many_rows_bf16, 4, 2, 4, 64, STORE, bf16);
MANY_ROWS(many_rows_f32, 4, 2, 4, 64, STORE, float);
MANY_ROWS(many_rows_glu, 4, 2, 4, 64, GLU, bf16);
MANY_ROWS(many_rows_add, 2, 1, 2, 128, ADD, float);
