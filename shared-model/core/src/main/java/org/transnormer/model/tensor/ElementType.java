package org.transnormer.model.tensor;

/** What one element of a tensor is. */
public enum ElementType {
  F32(4);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }
}
