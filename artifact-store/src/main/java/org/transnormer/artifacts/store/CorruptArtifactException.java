package org.transnormer.artifacts.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An object's bytes are not what its manifest or its format says. Names the object. */
public final class CorruptArtifactException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;

  public CorruptArtifactException(String key, String reason) {
    this(key, reason, null);
  }

  public CorruptArtifactException(String key, String reason, @Nullable Throwable cause) {
    super("corrupt object " + key + ": " + reason, cause);
    this.key = key;
  }

  /** Key of the object that is damaged. */
  public String key() {
    return key;
  }
}
