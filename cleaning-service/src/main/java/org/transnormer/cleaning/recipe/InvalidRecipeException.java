package org.transnormer.cleaning.recipe;

import java.util.List;
import java.util.stream.Collectors;

/** A recipe that cannot be run, with everything that is wrong with it. */
public final class InvalidRecipeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<Fault> faults;

  public InvalidRecipeException(List<Fault> faults) {
    super(
        faults.stream()
            .map(fault -> fault.pointer() + " " + fault.detail())
            .collect(Collectors.joining("; ", "invalid recipe: ", "")));
    this.faults = List.copyOf(faults);
  }

  public List<Fault> faults() {
    return faults;
  }

  /**
   * @param pointer JSON pointer (RFC 6901) of the offending value
   */
  public record Fault(String pointer, String detail) {}
}
