package org.transnormer.model.tensor;

/** What one element of a tensor is. */
public enum ElementType {
  F32(4),
  /** The upper half of an F32: its exponent, and 8 bits of precision. */
  BF16(2),
  /** A whole number in [-127, 127]; what one step of it is worth lies beside the tensor. */
  I8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }
}
