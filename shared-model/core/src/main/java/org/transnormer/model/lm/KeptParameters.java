package org.transnormer.model.lm;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.ElementType;

/**
 * What a rank keeps of parameters and gradients between passes.
 *
 * @param layout where they lie among all
 * @param exact what an optimizer changes
 * @param rounded as products read them; {@code exact} where these are floats
 */
public record KeptParameters(ParameterLayout layout, Shares exact, Shares rounded, Shares gradients)
    implements AutoCloseable {

  /**
   * @param group that shares everything
   */
  static KeptParameters of(Backend backend, ParameterLayout layout, Collectives group) {
    Slices slices = new Slices(layout.elements(), group.size());
    ElementType compute = backend.compute();
    Shares exact = new Shares("parameters", ElementType.F32, backend, slices, group);
    Shares gradients = new Shares("gradients", ElementType.F32, backend, slices, group);
    Shares rounded =
        compute == ElementType.F32
            ? exact
            : new Shares("rounded parameters", compute, backend, slices, group);
    return new KeptParameters(layout, exact, rounded, gradients);
  }

  /** Rounds what is here anew. */
  void round(Backend backend) {
    if (rounded != exact && rounded.own().elements() > 0) {
      backend.copy(rounded.own(), exact.own());
    }
  }

  @Override
  public void close() {
    gradients.close();
    exact.close();
    if (rounded != exact) {
      rounded.close();
    }
  }
}
