package org.transnormer.model.tensor;

/**
 * What one element of a tensor is. How the elements of a row that are not floats lie among each
 * other is a backend's business; rows follow each other.
 */
public enum ElementType {
  F32(4),
  /** The upper half of an F32: its exponent, and 8 bits of precision. */
  BF16(2),
  /** A whole number; what one step of it is worth is a float for each row, beside the tensor. */
  I8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }
}
