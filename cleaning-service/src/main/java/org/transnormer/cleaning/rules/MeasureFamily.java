package org.transnormer.cleaning.rules;

import java.util.List;
import org.transnormer.cleaning.text.DocumentText;

/**
 * Measures that belong together and share a pass. Not thread-safe: an instance keeps its buffers.
 */
interface MeasureFamily {

  List<Rule> rules();

  /** Writes one value per rule to {@code values}, from {@code offset} on, in the rules' order. */
  void measure(DocumentText text, double[] values, int offset);
}
