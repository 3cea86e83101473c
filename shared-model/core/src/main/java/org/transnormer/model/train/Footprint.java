package org.transnormer.model.train;

import java.util.Locale;
import java.util.OptionalInt;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.ElementType;

/**
 * What a model needs in each rank's memory to be trained, in bytes, from the same plans that
 * training allocates by. A kernel library's own work space is not in it.
 *
 * @param parameters floats
 * @param rounded copies that products read; 0 where these are the parameters
 * @param gradients floats
 * @param moments two, floats
 * @param activations of the sequences that go through the model at once, states included
 * @param windows room for what is computed with, where ranks share everything
 * @param tensorRanks that split every layer
 */
public record Footprint(
    long parameters,
    long rounded,
    long gradients,
    long moments,
    long activations,
    long windows,
    int tensorRanks) {

  /** Rows of attention's chunks that activations are planned with. */
  private static final int CHUNK = 64;

  /** What of a card's memory a process can count on. */
  private static final double USABLE = 0.94;

  /** What the plans come to for a model, without taking anything. */
  public static Footprint of(
      ModelConfig model, TrainingShape shape, ElementType compute, int tensorRanks) {
    ModelFamily family = ModelFamilies.of(model);
    ParameterLayout layout = family.layout(tensorRanks);
    long parameters = layout.elements();
    return new Footprint(
        parameters * Float.BYTES,
        compute == ElementType.F32 ? 0 : parameters * compute.bytes(),
        parameters * Float.BYTES,
        2 * parameters * Float.BYTES,
        family.plan(CHUNK, compute, shape, tensorRanks).bytes(),
        ParameterMemory.windowBytes(layout, compute),
        tensorRanks);
  }

  /** On a rank that has its own moments of everything. */
  public long total() {
    return Math.addExact(parameters + rounded + gradients + moments, activations);
  }

  /**
   * The fewest cards, a multiple of the ranks that split a layer, on which this can be trained when
   * {@code shared} bytes of it are divided among those that split the batch, which takes {@code
   * room} more on each; empty where no number is enough.
   */
  private OptionalInt cards(long cardBytes, long shared, long room, int mostGroups) {
    double usable = cardBytes * USABLE;
    double alone = (double) total() - shared + room;
    if (total() <= usable) {
      return OptionalInt.of(tensorRanks);
    }
    double groups = alone < usable ? Math.ceil(shared / (usable - alone)) : Double.MAX_VALUE;
    return groups <= mostGroups ? OptionalInt.of((int) groups * tensorRanks) : OptionalInt.empty();
  }

  /** Where every rank holds all of its part. */
  public OptionalInt cards(long cardBytes) {
    return cards(cardBytes, 0, 0, 1);
  }

  /** Where the ranks that split the batch share the moments (ZeRO, stage 1). */
  public OptionalInt cardsSharingOptimizer(long cardBytes) {
    return cards(cardBytes, moments, 0, Slices.PARTS);
  }

  /** Where they share parameters, gradients and moments (ZeRO, stage 3). */
  public OptionalInt cardsSharingEverything(long cardBytes) {
    long shared = parameters + rounded + gradients + moments;
    return cards(cardBytes, shared, windows, Slices.PARTS);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "parameters %s + rounded %s + gradients %s + moments %s + activations %s = %s",
        gigabytes(parameters),
        gigabytes(rounded),
        gigabytes(gradients),
        gigabytes(moments),
        gigabytes(activations),
        gigabytes(total()));
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GB", bytes * 1e-9);
  }
}
