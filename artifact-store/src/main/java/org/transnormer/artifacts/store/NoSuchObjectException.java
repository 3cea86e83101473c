package org.transnormer.artifacts.store;

import java.io.IOException;

/** The object is not in the store, or was not committed. */
public final class NoSuchObjectException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;

  public NoSuchObjectException(String key) {
    super("no object " + key);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
