package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TensorFile;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tensor.TensorsByName;

/**
 * Weights to read, never to change: matrices of one element type, in the order of the parameter
 * buffer; behind them what steps are worth; and the angles of position features, always floats,
 * because they are multiplied with positions.
 */
final class TnlWeights implements TensorsByName {

  /** Floats that are on their way from a file into memory at one time. */
  private static final long FLOATS_AT_ONCE = 1L << 20;

  private final Storage storage;
  private final Tensor matrices;
  private final Tensor steps;
  private final SequencedMap<String, Tensor> byName;

  private TnlWeights(
      Storage storage, Tensor matrices, Tensor steps, SequencedMap<String, Tensor> byName) {
    this.storage = storage;
    this.matrices = matrices;
    this.steps = steps;
    this.byName = byName;
  }

  /** Where weights of a type will lie. */
  static MemoryPlan plan(TnlConfig config, ElementType type) {
    MemoryPlan plan = new MemoryPlan("weights");
    plan.add("matrices", type, elements(config, false), 1);
    plan.add("steps", type == ElementType.I8 ? allRows(config) : 0, 1);
    plan.add("theta", elements(config, true), 1);
    return plan;
  }

  private static List<TensorSpec> specs(TnlConfig config, boolean theta) {
    return TnlTensors.of(config).stream()
        .filter(spec -> TnlTensors.isTheta(spec.name()) == theta)
        .toList();
  }

  private static long elements(TnlConfig config, boolean theta) {
    return specs(config, theta).stream().mapToLong(TensorSpec::elements).sum();
  }

  private static long allRows(TnlConfig config) {
    return specs(config, false).stream().mapToLong(TnlWeights::rows).sum();
  }

  private static long rows(TensorSpec spec) {
    return spec.elements() / spec.shape().getLast();
  }

  /** Weights of a model, zero. */
  static TnlWeights allocate(Backend backend, TnlConfig config, ElementType type) {
    MemoryPlan plan = plan(config, type);
    Storage storage = backend.allocate(plan.name(), plan.bytes());
    List<Tensor> parts = plan.entries().stream().map(entry -> entry.in(storage)).toList();
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    TnlWeights weights = new TnlWeights(storage, parts.get(0), parts.get(1), byName);
    long offset = 0;
    long row = 0;
    for (TensorSpec spec : specs(config, false)) {
      byName.put(spec.name(), weights.matrix(offset, row, shape(spec)));
      offset += spec.elements();
      row += rows(spec);
    }
    long angle = parts.get(2).offset();
    for (TensorSpec spec : specs(config, true)) {
      byName.put(spec.name(), Tensor.of(storage, angle, shape(spec)));
      angle += spec.elements();
    }
    return weights;
  }

  private static long[] shape(TensorSpec spec) {
    return spec.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * @param first counted from the first matrix's first element
   * @param firstRow counted from its first row
   */
  private Tensor matrix(long first, long firstRow, long... shape) {
    ElementType type = matrices.type();
    Tensor numbers = Tensor.of(storage, type, matrices.offset() + first, shape);
    if (type != ElementType.I8) {
      return numbers;
    }
    return Tensor.inSteps(numbers, steps.rows(firstRow, firstRow + numbers.rows()));
  }

  /** Where the numbers of a tensor come from. */
  @FunctionalInterface
  interface Numbers {

    /** As {@link TensorFile#stream} does. */
    void stream(String name, long most, TensorFile.Stretch use) throws IOException;
  }

  /** Fills the weights, rounding them where the type is coarser than what comes. */
  void load(Backend backend, Numbers from) throws IOException {
    for (Map.Entry<String, Tensor> entry : byName.entrySet()) {
      Tensor tensor = entry.getValue();
      Tensor matrix = rows(tensor);
      long columns = matrix.columns();
      long rowsAtOnce = Math.max(1, FLOATS_AT_ONCE / columns);
      from.stream(
          entry.getKey(),
          rowsAtOnce * columns,
          (first, floats) -> {
            long row = first / columns;
            long count = floats.byteSize() / Float.BYTES / columns;
            backend.write(matrix.rows(row, row + count), floats);
          });
    }
  }

  private static Tensor rows(Tensor tensor) {
    return tensor.shape().length == 2 ? tensor : tensor.reshape(tensor.rows(), tensor.columns());
  }

  Storage storage() {
    return storage;
  }

  ElementType type() {
    return matrices.type();
  }

  @Override
  public Tensor get(String name) {
    Tensor tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  @Override
  public Tensor range(String first, String last, int columns) {
    Tensor from = get(first);
    Tensor to = get(last);
    long elements = to.offset() + to.elements() - from.offset();
    if (from.columns() != columns || elements <= 0 || elements % columns != 0) {
      throw new IllegalArgumentException(
          "%s to %s is no matrix of %d columns".formatted(first, last, columns));
    }
    long row = from.type() == ElementType.I8 ? from.steps().offset() - steps.offset() : 0;
    return matrix(from.offset() - matrices.offset(), row, elements / columns, columns);
  }
}
