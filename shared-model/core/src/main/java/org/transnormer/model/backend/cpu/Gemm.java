package org.transnormer.model.backend.cpu;

/**
 * One matrix product on one thread; row-major, addresses in bytes, leading dimensions in floats.
 * Several threads may call at once. Equal arguments give equal bits.
 */
interface Gemm {

  /**
   * {@code c[m,n] = op(a)[m,k] op(b)[k,n] + beta c}; {@code op} transposes where told.
   *
   * @param beta 0 overwrites c whatever it held, NaN included
   */
  void multiply(
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
      int ldc);

  /**
   * Whether the parts of a product of at least {@link Cuts#FEWEST_MULTIPLICATIONS}, cut as {@link
   * Cuts} does, have the bits of the whole.
   */
  boolean sameBitsHoweverCut();

  /** What computes, for reports. */
  String describe();
}
