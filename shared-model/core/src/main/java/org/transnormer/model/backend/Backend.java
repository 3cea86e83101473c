package org.transnormer.model.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * A device: it owns storage and does the mathematics. Operations take outputs first, come in
 * forward and backward pairs, and state for every argument whether it is read, overwritten or
 * accumulated into. Axis letters: B sequences, T positions, N = B T rows, C columns, H heads, e a
 * head's width, V vocabulary. Parameter gradients accumulate, activation gradients overwrite.
 *
 * <p>Equal arguments give equal bits, however many threads a backend uses.
 */
public interface Backend extends AutoCloseable {

  /**
   * What weights and activations are stored as where they go into products. Sums, statistics,
   * recurrent states, the residual stream and what an optimizer keeps are floats whatever this is.
   */
  default ElementType compute() {
    return ElementType.F32;
  }

  /** Whether weights that are stored as that can be multiplied and looked up going forward. */
  default boolean multiplies(ElementType weights) {
    return weights == compute();
  }

  /**
   * Waits for all that was asked for; arrays of the host that operations overwrite are complete.
   */
  default void finish() {}

  /**
   * Does work that asks this backend for operations and reads nothing of them. A backend may record
   * it under {@code name} and give the recording to its device when the same work comes again.
   *
   * @param name equal for work that is likely to consist of the same operations
   */
  default void repeat(Object name, Runnable work) {
    work.run();
  }

  /**
   * {@link #repeat} of work that is nothing but operations, always the same ones on the same
   * tensors; what differs lies in the same arrays and lists. A backend may do what it recorded
   * without doing the work again. A recording lives as long as its name.
   */
  default void repeatSame(Object name, Runnable work) {
    repeat(name, work);
  }

  /** Zeroed memory, aligned to {@link MemoryPlan#ALIGNMENT}. */
  Storage allocate(String name, long bytes);

  void release(Storage storage);

  /** Host floats, row by row without gaps, into a tensor, rounded to its type. */
  void write(Tensor target, MemorySegment source);

  /**
   * A tensor into host floats, row by row without gaps.
   *
   * @param target overwritten from its beginning on; may be longer
   */
  void read(MemorySegment target, Tensor source);

  /**
   * A dense tensor's floats in host memory, to be read before the tensor changes: the tensor's own
   * memory where the host can see it, otherwise a copy.
   */
  MemorySegment view(Tensor source, Arena arena);

  /**
   * {@code target} overwritten with {@code source}, both dense and with as many elements; between
   * {@link ElementType#F32} and {@link #compute} with rounding to the nearest.
   */
  void copy(Tensor target, Tensor source);

  /** {@code target} overwritten with zeros. */
  void clear(Tensor target);

  Matmul matmul();

  Norm norm();

  /**
   * @throws UnsupportedOperationException where layers cannot be split among such backends
   */
  default SplitNorm splitNorm() {
    throw new UnsupportedOperationException(
        describe() + " cannot compute a part of a layer; train without splitting heads");
  }

  Attention attention();

  /** The operations of decoding steps, which some devices do in one go. */
  default Decoding decoding() {
    return new ComposedDecoding(this);
  }

  Positions positions();

  Pointwise pointwise();

  Embedding embedding();

  Loss loss();

  Optimizer optimizer();

  /** The choice of tokens, where logits are better left on the device. */
  default Optional<TokenChoice> tokenChoice() {
    return Optional.empty();
  }

  /** Bytes that a device with memory of its own still has; nothing where it is the host's. */
  default OptionalLong memoryLeft() {
    return OptionalLong.empty();
  }

  /** What computes, for reports. */
  String describe();

  @Override
  void close();
}
