package org.transnormer.model.data;

import java.util.Locale;

/** The two parts of a token set; no duplicate cluster has members in both. */
public enum Split {
  TRAIN,
  HELDOUT;

  /** In file names and in JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
