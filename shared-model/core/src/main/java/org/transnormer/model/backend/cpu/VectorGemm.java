package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix products in Java, for machines without OpenBLAS. Both operands are packed into panels that
 * stay in the caches (the scheme of Goto and van de Geijn, 2008), and a small tile of c is kept in
 * registers.
 *
 * <p>The tile is 3 rows by 3 vectors, because the compiler hoists all loads of a step above its
 * multiplications: 9 sums, 3 vectors of b and 3 numbers of a fit into the 16 registers of AVX2.
 */
final class VectorGemm implements Gemm {

  private static final int TILE_ROWS = 3;
  private static final int TILE_COLUMNS = 3 * Lanes.WIDTH;

  /** Rows of a, length of the sums and columns of b that are packed at once. */
  private static final int BLOCK_M = 40 * TILE_ROWS;

  private static final int BLOCK_K = 256;
  private static final int BLOCK_N = 20 * TILE_COLUMNS;

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** Every element is the same chain of sums wherever its tile lies. */
  @Override
  public boolean sameBitsHoweverCut() {
    return true;
  }

  @Override
  public String describe() {
    return "Java vectors of %d floats".formatted(Lanes.WIDTH);
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc) {
    scale(m, n, beta, c, ldc);
    Scratch scratch = SCRATCH.get();
    for (int j = 0; j < n; j += BLOCK_N) {
      int columns = Math.min(BLOCK_N, n - j);
      for (int l = 0; l < k; l += BLOCK_K) {
        int depth = Math.min(BLOCK_K, k - l);
        packB(transposeB, b, ldb, l, depth, j, columns, scratch.b());
        for (int i = 0; i < m; i += BLOCK_M) {
          int rows = Math.min(BLOCK_M, m - i);
          packA(transposeA, a, lda, i, rows, l, depth, scratch.a());
          long corner = c + ((long) i * ldc + j) * Float.BYTES;
          tiles(scratch, rows, columns, depth, corner, ldc);
        }
      }
    }
  }

  private static void scale(int m, int n, float beta, long c, int ldc) {
    for (int i = 0; i < m && beta != 1f; i++) {
      long row = c + (long) i * ldc * Float.BYTES;
      if (beta == 0f) {
        Lanes.fill(row, n, 0f);
      } else {
        for (int j = 0; j < n; j++) {
          Lanes.set(row + (long) j * Float.BYTES, beta * Lanes.get(row + (long) j * Float.BYTES));
        }
      }
    }
  }

  /** Panels of TILE_ROWS rows, each step's numbers side by side; missing rows are zero. */
  private static void packA(
      boolean transposed, long a, int lda, int i0, int rows, int l0, int depth, long packed) {
    long rowStep = transposed ? 1 : lda;
    long depthStep = transposed ? lda : 1;
    long to = packed;
    for (int i = 0; i < rows; i += TILE_ROWS) {
      for (int l = 0; l < depth; l++) {
        for (int r = 0; r < TILE_ROWS; r++) {
          long from = (i0 + i + r) * rowStep + (l0 + l) * depthStep;
          Lanes.set(to, i + r < rows ? Lanes.get(a + from * Float.BYTES) : 0f);
          to += Float.BYTES;
        }
      }
    }
  }

  /** Panels of TILE_COLUMNS columns; missing columns are zero. */
  private static void packB(
      boolean transposed, long b, int ldb, int l0, int depth, int j0, int columns, long packed) {
    long to = packed;
    for (int j = 0; j < columns; j += TILE_COLUMNS) {
      int width = Math.min(TILE_COLUMNS, columns - j);
      for (int l = 0; l < depth; l++) {
        if (transposed) {
          for (int t = 0; t < TILE_COLUMNS; t++) {
            long from = (long) (j0 + j + t) * ldb + l0 + l;
            Lanes.set(
                to + (long) t * Float.BYTES, t < width ? Lanes.get(b + from * Float.BYTES) : 0f);
          }
        } else {
          Lanes.copy(to, b + ((long) (l0 + l) * ldb + j0 + j) * Float.BYTES, width);
          Lanes.fill(to + (long) width * Float.BYTES, TILE_COLUMNS - width, 0f);
        }
        to += (long) TILE_COLUMNS * Float.BYTES;
      }
    }
  }

  private static void tiles(Scratch scratch, int rows, int columns, int depth, long c, int ldc) {
    for (int j = 0; j < columns; j += TILE_COLUMNS) {
      long panelB = scratch.b() + (long) j * depth * Float.BYTES;
      for (int i = 0; i < rows; i += TILE_ROWS) {
        long panelA = scratch.a() + (long) i * depth * Float.BYTES;
        long corner = c + ((long) i * ldc + j) * Float.BYTES;
        if (i + TILE_ROWS <= rows && j + TILE_COLUMNS <= columns) {
          tile(depth, panelA, panelB, corner, ldc);
        } else {
          edge(scratch, depth, panelA, panelB, corner, ldc, rows - i, columns - j);
        }
      }
    }
  }

  /** A tile that is only partly inside c goes by way of scratch memory. */
  private static void edge(
      Scratch scratch, int depth, long a, long b, long c, int ldc, int rows, int columns) {
    Lanes.fill(scratch.tile(), TILE_ROWS * TILE_COLUMNS, 0f);
    tile(depth, a, b, scratch.tile(), TILE_COLUMNS);
    for (int i = 0; i < Math.min(TILE_ROWS, rows); i++) {
      for (int j = 0; j < Math.min(TILE_COLUMNS, columns); j++) {
        long to = c + ((long) i * ldc + j) * Float.BYTES;
        long from = scratch.tile() + (i * TILE_COLUMNS + j) * (long) Float.BYTES;
        Lanes.set(to, Lanes.get(to) + Lanes.get(from));
      }
    }
  }

  private static void tile(int depth, long a, long b, long c, int ldc) {
    FloatVector c00 = Lanes.zero();
    FloatVector c01 = Lanes.zero();
    FloatVector c02 = Lanes.zero();
    FloatVector c10 = Lanes.zero();
    FloatVector c11 = Lanes.zero();
    FloatVector c12 = Lanes.zero();
    FloatVector c20 = Lanes.zero();
    FloatVector c21 = Lanes.zero();
    FloatVector c22 = Lanes.zero();
    final long vector = (long) Lanes.WIDTH * Float.BYTES;
    for (int l = 0; l < depth; l++) {
      long bl = b + l * 3L * vector;
      long al = a + l * (long) TILE_ROWS * Float.BYTES;
      FloatVector b0 = Lanes.load(bl);
      FloatVector b1 = Lanes.load(bl + vector);
      FloatVector b2 = Lanes.load(bl + 2 * vector);
      FloatVector a0 = Lanes.broadcast(Lanes.get(al));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = Lanes.broadcast(Lanes.get(al + Float.BYTES));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = Lanes.broadcast(Lanes.get(al + 2 * Float.BYTES));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
    }
    add(c, c00, c01, c02);
    add(c + (long) ldc * Float.BYTES, c10, c11, c12);
    add(c + 2L * ldc * Float.BYTES, c20, c21, c22);
  }

  private static void add(long row, FloatVector v0, FloatVector v1, FloatVector v2) {
    final long vector = (long) Lanes.WIDTH * Float.BYTES;
    Lanes.store(row, Lanes.load(row).add(v0));
    Lanes.store(row + vector, Lanes.load(row + vector).add(v1));
    Lanes.store(row + 2 * vector, Lanes.load(row + 2 * vector).add(v2));
  }

  /** Packed panels of one thread. */
  private static final class Scratch {

    private static final long ALIGNMENT = 64;

    private final MemorySegment a = floats((BLOCK_M + TILE_ROWS) * BLOCK_K);
    private final MemorySegment b = floats((BLOCK_N + TILE_COLUMNS) * BLOCK_K);
    private final MemorySegment tile = floats(TILE_ROWS * TILE_COLUMNS);

    private static MemorySegment floats(int count) {
      return Arena.ofAuto().allocate((long) count * Float.BYTES, ALIGNMENT);
    }

    long a() {
      return a.address();
    }

    long b() {
      return b.address();
    }

    long tile() {
      return tile.address();
    }
  }
}
