package org.transnormer.model.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** One moment of the optimizer, of all parameters or of this rank's slice of them. */
final class Moments implements AutoCloseable {

  private final String name;
  private final Backend backend;
  private final Collectives group;
  private final Slices slices;
  private final int rank;
  private final SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
  private final Storage storage;
  private final Tensor own;

  Moments(
      String name,
      Backend backend,
      LanguageModel model,
      Slices slices,
      Collectives group,
      int rank) {
    this.name = name;
    this.backend = backend;
    this.group = group;
    this.slices = slices;
    this.rank = rank;
    model.parameters().byName().forEach((tensor, t) -> shapes.put(tensor, t.shape()));
    long elements = slices.to(rank) - slices.from(rank);
    this.storage = backend.allocate(name, elements * Float.BYTES);
    this.own = Tensor.of(storage, 0, elements, 1);
  }

  /** [slice, 1] */
  Tensor own() {
    return own;
  }

  /** Does something with the moments of all parameters by their names. */
  @FunctionalInterface
  interface Use<E extends Exception> {
    void of(NamedTensors all) throws E;
  }

  /** Every rank calls this; those that share the moments bring them together for it. */
  <E extends Exception> void read(Use<E> use) throws E {
    withAll(all -> {
      if (slices.ranks() > 1) {
        backend.copy(slices.of(all.all(), rank), own);
        group.allGather(all.all(), slices);
      }
      use.of(all);
    });
  }

  /**
   * @param use overwrites all moments
   */
  <E extends Exception> void write(Use<E> use) throws E {
    withAll(all -> {
      use.of(all);
      if (slices.ranks() > 1) {
        backend.copy(own, slices.of(all.all(), rank));
      }
    });
  }

  private <E extends Exception> void withAll(Use<E> use) throws E {
    if (slices.ranks() == 1) {
      use.of(new NamedTensors(storage, shapes));
      return;
    }
    Storage whole = backend.allocate("all " + name, NamedTensors.bytes(shapes));
    try {
      use.of(new NamedTensors(whole, shapes));
    } finally {
      backend.release(whole);
    }
  }

  @Override
  public void close() {
    backend.release(storage);
  }
}
