// few_rows.cu's products for the rows of a large decoding step: y = x w^T with the same bits, w [O, I] dense.
//
// A block has WROWS rows of w and 64 of x. Pieces of 64 columns come by asynchronous copies, four on their way; 16 bytes
// of an odd row lie in the other half of its 128 bytes, so that the eight lanes of two rows meet different banks. Sums
// follow few_rows.cu: I in eight parts, each with its own accumulators, added in order. 128 threads, 2 x 2 warps of M
// tiles of 16 rows of w and 4 tiles of 8 rows of x.
//
//   many_rows_TYPE        y = x w^T               WROWS 128
//   many_rows_add         y += x w^T, y fp32      WROWS 32, since O is as small as the model is wide
//   many_rows_glu         y = (x w1^T) (x w2^T), w = [w1; w2]    WROWS 128, which are 64 columns of y
//
// Launch: 128 threads, grid (ceil(O / (columns of y in a block)), ceil(M / 64)), dynamic shared memory 512 (WROWS + 64)
// bytes. I a multiple of 8, rows 16-byte aligned. At 256 rows 2 x 256 FLOP for two bytes of w: bound by tensor cores.
#include "rows.cuh"

namespace {

enum Output { STORE, ADD, GLU };

constexpr int PARTS = 8;   // of I, as in few_rows.cu
constexpr int STEP = 32;
constexpr int CHUNK = 64;
constexpr int STAGES = 4;
constexpr int THREADS = 128;
constexpr int N = 4;  // tiles of 8 rows of x a warp
constexpr int XROWS = 16 * N;

__device__ __forceinline__ uint4 piece(const bf16* tile, int row, int at) {
  return *reinterpret_cast<const uint4*>(tile + row * CHUNK + (at ^ (row & 1) * 4) * 8);
}

template <int M, Output OUTPUT, class Y>
__device__ void manyRows(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs,
                         int width) {
  constexpr int WROWS = 32 * M;
  constexpr int COLUMNS = OUTPUT == GLU ? WROWS / 2 : WROWS;
  constexpr int STAGE = (WROWS + XROWS) * CHUNK;
  DYNAMIC_SHARED(bf16, stages);
  const int g = threadIdx.x % 32 / 4;
  const int t = threadIdx.x % 4;
  const int ofW = threadIdx.x / 64;       // warp's row of tiles
  const int ofX = threadIdx.x / 32 % 2;   // and column
  const int output = blockIdx.x * COLUMNS;
  const int first = blockIdx.y * XROWS;

  // A thread fetches the same piece of every sixteenth row.
  constexpr int APART = OUTPUT == GLU ? 8 : 16;
  const int r = threadIdx.x / 8;
  const int at = threadIdx.x % 8;
  const int o = output + (OUTPUT == GLU ? r % 8 : r);
  const bf16* rowOfW = w + ((long long)o + (OUTPUT == GLU && r >= 8 ? outputs : 0)) * width + at * 8;
  const bf16* rowOfX = x + (long long)(first + r) * xStride + at * 8;
  auto fetch = [&](int chunk) {
    bf16* to = stages + chunk % STAGES * STAGE + r * CHUNK + (at ^ (r & 1) * 4) * 8;
    const bool inside = chunk * CHUNK + at * 8 < width;
    const bf16* from = rowOfW + chunk * CHUNK;
#pragma unroll
    for (int i = 0; i < WROWS / 16; i++) {
      bool real = inside && o + i * APART < outputs;
      copyAsync16(to + i * 16 * CHUNK, real ? from : w, real ? 16 : 0);
      from += (long long)APART * width;
    }
    from = rowOfX + chunk * CHUNK;
#pragma unroll
    for (int i = 0; i < XROWS / 16; i++) {
      bool real = inside && first + r + i * 16 < rows;
      copyAsync16(to + (WROWS + i * 16) * CHUNK, real ? from : w, real ? 16 : 0);
      from += 16ll * xStride;
    }
  };

  const int share = (width + PARTS * STEP - 1) / (PARTS * STEP) * STEP;
  const int chunks = (width + CHUNK - 1) / CHUNK;
  float part[M][N][4] = {}, sum[M][N][4] = {};
  auto addPart = [&] {
#pragma unroll
    for (int i = 0; i < M * N * 4; i++) {
      float& c = part[i / 4 / N][i / 4 % N][i % 4];
      sum[i / 4 / N][i / 4 % N][i % 4] += c;
      c = 0;
    }
  };
  for (int chunk = 0; chunk < STAGES - 1; chunk++) {
    if (chunk < chunks) fetch(chunk);
    commitCopies();
  }
  int left = share;
  for (int chunk = 0; chunk < chunks; chunk++) {
    waitForCopies<STAGES - 2>();
    __syncthreads();
    if (chunk + STAGES - 1 < chunks) fetch(chunk + STAGES - 1);
    commitCopies();
    const bf16* tile = stages + chunk % STAGES * STAGE;
#pragma unroll
    for (int half = 0; half < CHUNK / STEP; half++) {
      if (left == 0) {
        addPart();
        left = share;
      }
      left -= STEP;
      uint4 b[N];
#pragma unroll
      for (int n = 0; n < N; n++) b[n] = piece(tile, WROWS + (ofX * N + n) * 8 + g, half * 4 + t);
#pragma unroll
      for (int m = 0; m < M; m++) {
        uint4 p = piece(tile, (ofW * M + m) * 16 + g, half * 4 + t);
        uint4 q = piece(tile, (ofW * M + m) * 16 + g + 8, half * 4 + t);
        uint32_t a[2][4] = {{p.x, q.x, p.y, q.y}, {p.z, q.z, p.w, q.w}};
#pragma unroll
        for (int n = 0; n < N; n++) {
          uint32_t low[2] = {b[n].x, b[n].y};
          uint32_t high[2] = {b[n].z, b[n].w};
          mmaBf16(part[m][n], a[0], low);
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

#define MANY_ROWS(name, M, OUTPUT, Y)                                                                                  \
  extern "C" __global__ void __launch_bounds__(THREADS)                                                               \
      name(Y* y, int yStride, const bf16* x, int xStride, const bf16* w, int rows, int outputs, int width) {           \
    manyRows<M, OUTPUT>(y, yStride, x, xStride, w, rows, outputs, width);                                              \
  }                                                                                                                    \
  KERNEL(name)

MANY_ROWS(many_rows_bf16, 4, STORE, bf16);
MANY_ROWS(many_rows_f32, 4, STORE, float);
MANY_ROWS(many_rows_add, 1, ADD, float);
MANY_ROWS(many_rows_glu, 4, GLU, bf16);
