package org.transnormer.model.backend.cpu;

import org.transnormer.model.tensor.Tensor;

/**
 * Where a tensor's rows of floats lie.
 *
 * @param address of the first
 * @param stride floats from one row's start to the next one's
 */
record Rows(long address, int stride) {

  /** Checks that the memory is this backend's and still there. */
  static Rows of(Tensor x) {
    return new Rows(CpuStorage.address(x), x.rowStride());
  }

  long at(long row) {
    return at(row, 0);
  }

  long at(long row, long column) {
    return address + (row * stride + column) * Float.BYTES;
  }
}
