package org.transnormer.model.cli.verify;

import java.io.IOException;

/** Something of reference data that can be compared with what this build computes. */
interface Subject {

  /** Path below the folder that was asked for. */
  String name();

  /**
   * @throws IOException when a file cannot be read
   * @throws IllegalArgumentException when a file makes no sense
   */
  Outcome verify(Tools tools) throws IOException;
}
