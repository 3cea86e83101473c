package org.transnormer.model.tensor;

/** Memory of one backend; what it really is only that backend knows. */
public interface Storage {

  /** For error messages and plans. */
  String name();

  long bytes();
}
