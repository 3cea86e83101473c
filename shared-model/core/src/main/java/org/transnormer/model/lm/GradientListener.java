package org.transnormer.model.lm;

/**
 * Hears during a backward pass which gradients are complete, so that ranks can add them up while it
 * goes on. Called inside work that a backend may record, so it asks the backend for operations and
 * waits for none of them.
 */
@FunctionalInterface
public interface GradientListener {

  /** Nobody. */
  GradientListener NONE = _ -> {};

  /**
   * @param row from which on the flat tensor of all gradients does not change any more in this
   *     pass; never more than the time before, and 0 at the end
   */
  void completeFrom(long row);
}
