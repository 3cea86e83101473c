package org.transnormer.model.layer;

import org.jspecify.annotations.Nullable;
import org.transnormer.model.layer.TokenMixer.Sizes;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** What a {@link TokenMixer} works in, planned and laid out; its gradients have the same shapes. */
public final class TokenMixerMemory {

  private TokenMixerMemory() {}

  /**
   * What the forward pass leaves for the backward pass.
   *
   * @param n [N, d] SRMS(x)
   * @param r [N, 1] its factors
   * @param projected [N, 4 D] q, k, v, u before the activation; with a gate of its own [N, 3 D]
   * @param activated [N, 2 D] q and k after it; with a gate of its own v too; see {@link Shared}
   * @param o [N, D] attention's output
   * @param ro [N, 1] factors of its norm
   * @param z [N, D] u SRMS(o); see {@link Shared}
   * @param lrpe in layers with position features
   * @param own the gate, where it is not a part of the projection
   */
  public record Activations(
      Tensor n,
      Tensor r,
      Tensor projected,
      Tensor activated,
      Tensor o,
      Tensor ro,
      Tensor z,
      @Nullable Features lrpe,
      OutputGate.@Nullable Activations own,
      Views views) {

    Activations(
        Tensor n,
        Tensor r,
        Tensor projected,
        Tensor activated,
        Tensor o,
        Tensor ro,
        Tensor z,
        @Nullable Features lrpe,
        OutputGate.@Nullable Activations own) {
      this(n, r, projected, activated, o, ro, z, lrpe, own, Views.of(projected, activated, own));
    }

    public Activations rows(int count) {
      return new Activations(
          n.rows(0, count),
          r.rows(0, count),
          projected.rows(0, count),
          activated.rows(0, count),
          o.rows(0, count),
          ro.rows(0, count),
          z.rows(0, count),
          lrpe == null ? null : lrpe.rows(count),
          own == null ? null : own.rows(count));
    }

    /** Queries as attention reads them. */
    Tensor queries() {
      return lrpe == null ? views.q : lrpe.q;
    }

    Tensor keys() {
      return lrpe == null ? views.k : lrpe.k;
    }

    Tensor values() {
      return views.v;
    }

    /** u */
    Tensor gate() {
      return views.u;
    }

    OutputGate.Activations ownGate() {
      if (own == null) {
        throw new IllegalStateException("planned without a gate of its own");
      }
      return own;
    }
  }

  /**
   * @param q [N, 2 D] queries with position features
   * @param k [N, 2 D]
   * @param cosines [P, D]
   * @param sines [P, D]
   */
  public record Features(Tensor q, Tensor k, Tensor cosines, Tensor sines) {

    Features rows(int count) {
      int angles = Math.toIntExact(Math.min(count, cosines.rows()));
      return new Features(
          q.rows(0, count), k.rows(0, count), cosines.rows(0, angles), sines.rows(0, angles));
    }
  }

  /**
   * Columns of the wide tensors.
   *
   * @param linear what the activation is on, before it
   */
  public record Views(Tensor q, Tensor k, Tensor linear, Tensor v, Tensor u) {

    static Views of(Tensor projected, Tensor activated, OutputGate.@Nullable Activations own) {
      int hidden = own == null ? projected.columns() / 4 : projected.columns() / 3;
      Tensor values = own == null ? projected : activated;
      return new Views(
          activated.columns(0, hidden),
          activated.columns(hidden, 2 * hidden),
          projected.columns(0, activated.columns()),
          values.columns(2 * hidden, 3 * hidden),
          own == null ? projected.columns(3 * hidden, 4 * hidden) : own.u());
    }
  }

  /**
   * What costs one pass over kept activations: the backward pass makes it again, so that all layers
   * can have it in one place.
   */
  public record Shared(MemoryPlan.Entry activated, MemoryPlan.Entry z) {

    public static Shared in(MemoryPlan plan, String prefix, int rows, Sizes sizes) {
      return new Shared(
          plan.add(prefix + ".act", rows, sizes.activated()),
          plan.add(prefix + ".z", rows, sizes.hidden()));
    }
  }

  /** Where {@link Activations} will lie. */
  public record Planned(
      MemoryPlan.Entry n,
      MemoryPlan.Entry r,
      MemoryPlan.Entry projected,
      MemoryPlan.Entry activated,
      MemoryPlan.Entry o,
      MemoryPlan.Entry ro,
      MemoryPlan.Entry z,
      @Nullable PlannedFeatures lrpe,
      OutputGate.@Nullable Planned own) {

    /**
     * @param positions P, rows of the tables of angles; gradients have none
     * @param shared planned before
     */
    public static Planned in(
        MemoryPlan plan, String prefix, int rows, int positions, Sizes sizes, Shared shared) {
      int hidden = sizes.hidden();
      return new Planned(
          plan.add(prefix + ".n", rows, sizes.width()),
          plan.add(prefix + ".r", ElementType.F32, rows, 1),
          plan.add(prefix + (sizes.gate() > 0 ? ".qkv" : ".qkvu"), rows, sizes.projected()),
          shared.activated,
          plan.add(prefix + ".o", rows, hidden),
          plan.add(prefix + ".ro", ElementType.F32, rows, 1),
          shared.z,
          sizes.lrpe() ? PlannedFeatures.in(plan, prefix + ".lrpe", rows, positions, hidden) : null,
          sizes.gate() > 0
              ? OutputGate.Planned.in(plan, prefix + ".gate", rows, hidden, sizes.gate())
              : null);
    }

    public Activations in(Storage storage) {
      return new Activations(
          n.in(storage),
          r.in(storage),
          projected.in(storage),
          activated.in(storage),
          o.in(storage),
          ro.in(storage),
          z.in(storage),
          lrpe == null ? null : lrpe.in(storage),
          own == null ? null : own.in(storage));
    }
  }

  /** Where {@link Features} will lie. */
  record PlannedFeatures(
      MemoryPlan.Entry q, MemoryPlan.Entry k, MemoryPlan.Entry cosines, MemoryPlan.Entry sines) {

    static PlannedFeatures in(MemoryPlan plan, String prefix, int rows, int positions, int hidden) {
      return new PlannedFeatures(
          plan.add(prefix + ".q", rows, 2L * hidden),
          plan.add(prefix + ".k", rows, 2L * hidden),
          plan.add(prefix + ".cos", ElementType.F32, positions, hidden),
          plan.add(prefix + ".sin", ElementType.F32, positions, hidden));
    }

    Features in(Storage storage) {
      return new Features(q.in(storage), k.in(storage), cosines.in(storage), sines.in(storage));
    }
  }
}
