package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Ranks with a GPU each, through NCCL: in the stream of the backend's other work, or {@link #aside}
 * in one of its own. Both can be recorded with the work around them. With a fixed algorithm and
 * protocol (NCCL_ALGO, NCCL_PROTO) sums run over the ranks in the order of the ring.
 */
final class NcclCollectives implements Collectives {

  private enum Operation {
    ALL_REDUCE,
    REDUCE_SCATTER,
    ALL_GATHER,
    BROADCAST,
    SEND,
    RECEIVE
  }

  private final NcclGroup group;
  private final long communicator;
  private final int rank;
  private final int size;
  private final boolean aside;
  private @Nullable Collectives beside;

  NcclCollectives(NcclGroup group, long communicator, int rank, int size) {
    this(group, communicator, rank, size, false);
  }

  private NcclCollectives(NcclGroup group, long communicator, int rank, int size, boolean aside) {
    this.group = group;
    this.communicator = communicator;
    this.rank = rank;
    this.size = size;
    this.aside = aside;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  /** An exchange of what lies at an address. */
  @FunctionalInterface
  private interface Exchange {
    void of(Nccl nccl, long at, long count, int type, long stream);
  }

  private void exchange(Operation operation, Tensor x, long detail, Exchange exchange) {
    Shapes.dense("what ranks exchange", x, x.elements());
    if (x.elements() == 0) {
      return;
    }
    long at = CudaStorage.address(x);
    int type = Nccl.type(x.type());
    long what = Arguments.mix(Arguments.mix(at, x.elements()), (long) type << 32 | detail);
    group.ask(
        "%s of %s".formatted(operation, x.type()),
        Arguments.mix(Arguments.mix(what, communicator), operation.ordinal()),
        aside,
        (nccl, stream) -> exchange.of(nccl, at, x.elements(), type, stream));
  }

  @Override
  public void allReduce(Tensor x) {
    exchange(
        Operation.ALL_REDUCE,
        x,
        0,
        (nccl, at, count, type, stream) -> nccl.allReduce(at, count, type, communicator, stream));
  }

  @Override
  public void allReduce(double[] values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, values);
      group.sum(host, communicator);
      MemorySegment.copy(host, ValueLayout.JAVA_DOUBLE, 0, values, 0, values.length);
    }
  }

  @Override
  public void reduceScatter(List<Tensor> pieces) {
    together(Operation.REDUCE_SCATTER, pieces, Nccl::reduce);
  }

  @Override
  public void allGather(List<Tensor> pieces) {
    together(Operation.ALL_GATHER, pieces, Nccl::broadcast);
  }

  /** What is done with a rank's piece. */
  @FunctionalInterface
  private interface Piece {
    void of(Nccl nccl, long at, long count, int type, int root, long communicator, long stream);
  }

  /** All pieces at once: together they keep every link as busy as a sum of all does. */
  private void together(Operation operation, List<Tensor> pieces, Piece piece) {
    long what = Arguments.mix(communicator, operation.ordinal());
    long elements = 0;
    for (Tensor x : pieces) {
      Shapes.dense("a rank's piece", x, x.elements());
      what = Arguments.mix(Arguments.mix(what, CudaStorage.address(x)), x.elements());
      elements += x.elements();
    }
    if (elements == 0) {
      return;
    }
    ElementType type = pieces.getFirst().type();
    group.ask(
        "%s of %s".formatted(operation, type),
        Arguments.mix(what, Nccl.type(type)),
        aside,
        (nccl, stream) ->
            nccl.together(() -> {
              for (int root = 0; root < size; root++) {
                Tensor x = pieces.get(root);
                if (x.elements() > 0) {
                  long at = CudaStorage.address(x);
                  piece.of(nccl, at, x.elements(), Nccl.type(type), root, communicator, stream);
                }
              }
            }));
  }

  @Override
  public void broadcast(Tensor x, int root) {
    exchange(
        Operation.BROADCAST,
        x,
        root,
        (nccl, at, count, type, stream) ->
            nccl.broadcast(at, count, type, root, communicator, stream));
  }

  @Override
  public void send(Tensor x, int to) {
    exchange(
        Operation.SEND,
        x,
        to,
        (nccl, at, count, type, stream) -> nccl.send(at, count, type, to, communicator, stream));
  }

  @Override
  public void receive(Tensor x, int from) {
    exchange(
        Operation.RECEIVE,
        x,
        from,
        (nccl, at, count, type, stream) ->
            nccl.receive(at, count, type, from, communicator, stream));
  }

  @Override
  public Collectives split(int color) {
    double[] colors = new double[size];
    colors[rank] = color;
    allReduce(colors);
    int together = (int) Arrays.stream(colors).filter(other -> other == color).count();
    if (together == size) {
      return this;
    }
    boolean useful = Arrays.stream(colors).distinct().count() < size; // some part has several ranks
    if (!useful) {
      return Collectives.alone();
    }
    int before = (int) Arrays.stream(colors, 0, rank).filter(other -> other == color).count();
    return together == 1
        ? group.leave(communicator)
        : new NcclCollectives(group, group.split(communicator, color, rank), before, together);
  }

  /** A communicator of its own, since one communicator's work is done one after the other. */
  @Override
  public Collectives aside() {
    if (beside == null) {
      long own = group.split(communicator, 0, rank);
      beside = new NcclCollectives(group, own, rank, size, true);
    }
    return beside;
  }

  @Override
  public void awaitAside() {
    group.awaitAside();
  }
}
