package org.transnormer.model.lm;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.NamedTensors;

/** Everything is here at all times; who adds up gradients of several ranks is not told here. */
public final class WholeParameters implements ParameterMemory {

  private final Backend backend;
  private final ParameterLayout layout;
  private final Shares exact;
  private final Shares rounded;
  private final Shares gradients;
  private final NamedTensors namedExact;
  private final NamedTensors namedRounded;
  private final NamedTensors namedGradients;

  WholeParameters(Backend backend, ParameterLayout layout) {
    this.backend = backend;
    this.layout = layout;
    this.exact = shares("parameters", ElementType.F32);
    this.gradients = shares("gradients", ElementType.F32);
    this.rounded =
        backend.compute() == ElementType.F32
            ? exact
            : shares("rounded parameters", backend.compute());
    this.namedExact = named(exact);
    this.namedRounded = rounded == exact ? namedExact : named(rounded);
    this.namedGradients = named(gradients);
  }

  private Shares shares(String name, ElementType type) {
    return new Shares(name, type, backend, new Slices(layout.elements(), 1), Collectives.alone());
  }

  private NamedTensors named(Shares shares) {
    return new NamedTensors(shares.storage(), shares.own().type(), layout.shapes());
  }

  /** {@link #exact} by their names. */
  public NamedTensors parameters() {
    return namedExact;
  }

  /** {@link #rounded} by their names. */
  public NamedTensors roundedParameters() {
    return namedRounded;
  }

  /** {@link #gradients} by their names. */
  public NamedTensors parameterGradients() {
    return namedGradients;
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  @Override
  public Shares exact() {
    return exact;
  }

  @Override
  public Shares rounded() {
    return rounded;
  }

  @Override
  public Shares gradients() {
    return gradients;
  }

  @Override
  public Here here() {
    return new Here(namedExact, namedRounded, namedGradients);
  }

  @Override
  public void round() {
    if (rounded != exact) {
      backend.copy(rounded.own(), exact.own());
    }
  }

  @Override
  public void updated() {}

  @Override
  public void begin(boolean back) {}

  @Override
  public void forward(int block) {}

  @Override
  public void backward(int block) {}

  @Override
  public void end() {}

  @Override
  public void close() {
    gradients.close();
    exact.close();
    if (rounded != exact) {
      rounded.close();
    }
  }
}
