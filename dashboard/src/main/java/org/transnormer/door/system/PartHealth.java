package org.transnormer.door.system;

import org.jspecify.annotations.Nullable;

/**
 * How a part is.
 *
 * @param state up, down, or unknown when its answer was odd
 * @param detail why it is not up
 * @param millis that its answer took
 */
public record PartHealth(
    String service,
    String state,
    @Nullable String version,
    @Nullable String detail,
    @Nullable Long millis) {

  public boolean up() {
    return state.equals("up");
  }
}
