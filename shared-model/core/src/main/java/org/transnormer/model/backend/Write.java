package org.transnormer.model.backend;

/** What an operation does with what an output held before. */
public enum Write {
  OVERWRITE,
  ACCUMULATE
}
