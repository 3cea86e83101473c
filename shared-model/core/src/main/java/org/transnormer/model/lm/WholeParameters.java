package org.transnormer.model.lm;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.tensor.NamedTensors;

/** Everything is here at all times; who adds up gradients of several ranks is not told here. */
public final class WholeParameters implements ParameterMemory {

  private final Backend backend;
  private final KeptParameters kept;
  private final NamedTensors namedExact;
  private final NamedTensors namedRounded;
  private final NamedTensors namedGradients;

  WholeParameters(Backend backend, ParameterLayout layout) {
    this.backend = backend;
    this.kept = KeptParameters.of(backend, layout, Collectives.alone());
    this.namedExact = named(kept.exact());
    this.namedRounded = kept.rounded() == kept.exact() ? namedExact : named(kept.rounded());
    this.namedGradients = named(kept.gradients());
  }

  private NamedTensors named(Shares shares) {
    return new NamedTensors(shares.storage(), shares.own().type(), kept.layout().shapes());
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
  public KeptParameters kept() {
    return kept;
  }

  @Override
  public Here here() {
    return new Here(namedExact, namedRounded, namedGradients);
  }

  @Override
  public void round() {
    kept.round(backend);
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
    kept.close();
  }
}
