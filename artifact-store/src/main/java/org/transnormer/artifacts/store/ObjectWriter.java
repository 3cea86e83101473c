package org.transnormer.artifacts.store;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes one object. It can be read only after {@link #commit()}; {@link #close()} without a commit
 * leaves nothing behind. Not thread-safe.
 */
public abstract class ObjectWriter extends OutputStream {

  /**
   * Makes the object durable and visible.
   *
   * @throws IOException if it could not; the object is then not visible, and an older one under the
   *     same key is untouched
   */
  public abstract StoredObject commit() throws IOException;

  /** Discards what was not committed. */
  @Override
  public abstract void close() throws IOException;
}
