package org.transnormer.trainer.runs;

import java.util.List;
import java.util.stream.Collectors;

/** A specification that cannot be trained; lists every fault, not only the first. */
public final class InvalidSpecException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param pointer JSON pointer into the request
   */
  public record Fault(String pointer, String detail) {}

  private final transient List<Fault> faults;

  public InvalidSpecException(List<Fault> faults) {
    super(
        faults.stream()
            .map(fault -> fault.pointer() + " " + fault.detail())
            .collect(Collectors.joining("; ")));
    this.faults = List.copyOf(faults);
  }

  public List<Fault> faults() {
    return faults;
  }
}
