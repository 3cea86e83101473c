package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lightning Attention alone in bf16, q and k already activated: milliseconds of recorded graphs on
 * the device, medians.
 */
final class AttentionSpeed {

  private static final int WIDTH = 128;

  /** Of sequences and heads whose length grows; other libraries are timed at these. */
  private static final int BATCH = 4;

  private static final int HEADS = 32;
  private static final int SHORTEST = 512;
  private static final int LONGEST = 65_536;

  /** Odd, for medians. */
  static final int TIMES = 11;

  /** In a graph, so that its own start does not count. */
  private static final int RUNS = 4;

  /** States that together are more than the caches hold. */
  private static final long ROTATED_BYTES = 256L << 20;

  private static final int MOST_COPIES = 256;

  /** Elements that are drawn; larger matrices repeat them. */
  private static final int DRAWN = 1 << 20;

  private final CudaBackend backend;
  private final DriverLauncher launcher;
  private final int times;

  /**
   * @param keyWidth of a head of q and k; of v it is {@code width}
   */
  record Shape(String name, int batch, int heads, int time, int keyWidth, int width) {

    long rows() {
      return (long) batch * time;
    }

    long stateRows() {
      return (long) batch * heads * keyWidth;
    }

    /** Bytes of q, k, v and o. */
    double bytes() {
      return 4.0 * rows() * heads * (keyWidth + width);
    }
  }

  /**
   * A position of so many sequences.
   *
   * @param copies of them that take turns, so that caches do not hold their states
   */
  record Step(int sequences, int heads, int width, int copies) {

    static Step of(int sequences, int heads) {
      long bytes = (long) sequences * heads * WIDTH * WIDTH * Float.BYTES;
      return new Step(sequences, heads, WIDTH, Math.clamp(ROTATED_BYTES / bytes, 1, MOST_COPIES));
    }

    String name() {
      return "step of %d sequences, %d heads".formatted(sequences, heads);
    }

    double stateBytes() {
      return (double) sequences * heads * width * width * Float.BYTES;
    }
  }

  /**
   * @param times that each is measured
   */
  AttentionSpeed(CudaBackend backend, DriverLauncher launcher, int times) {
    this.backend = backend;
    this.launcher = launcher;
    this.times = times;
  }

  static IntStream lengths() {
    return IntStream.iterate(SHORTEST, n -> n <= LONGEST, n -> 2 * n);
  }

  static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    lengths().forEach(n -> shapes.add(new Shape(nameOf(n), BATCH, HEADS, n, WIDTH, WIDTH)));
    shapes.add(new Shape("385M, 8 x 2048", 8, 8, 2048, WIDTH, WIDTH));
    shapes.add(new Shape("385M, 8 x 2048, first layer", 8, 8, 2048, 2 * WIDTH, WIDTH));
    shapes.add(new Shape("385M, 1 x 16384", 1, 8, 16_384, WIDTH, WIDTH));
    shapes.add(new Shape("1B, 8 x 2048", 8, 16, 2048, WIDTH, WIDTH));
    shapes.add(new Shape("1B, 8 x 2048, first layer", 8, 16, 2048, 2 * WIDTH, WIDTH));
    return shapes;
  }

  /** Under which a length stands in the report. */
  static String nameOf(int length) {
    return "%d x %d heads, %d".formatted(BATCH, HEADS, length);
  }

  static List<Step> steps() {
    return IntStream.of(8, 16)
        .boxed()
        .flatMap(heads -> IntStream.of(1, 8, 64, 256).mapToObj(n -> Step.of(n, heads)))
        .toList();
  }

  void run(ObjectNode report, List<Shape> shapes, List<Step> steps) {
    shapes.forEach(shape -> run(report.putObject(shape.name), shape));
    steps.forEach(step -> run(report.putObject(step.name()), step));
  }

  private void run(ObjectNode report, Shape shape) {
    Attention attention = backend.attention();
    Decay decay = decay(shape.heads);
    Tensor q = random(1, shape.rows(), shape.heads * shape.keyWidth);
    Tensor k = random(2, shape.rows(), shape.heads * shape.keyWidth);
    Tensor v = random(3, shape.rows(), shape.heads * shape.width);
    Tensor dO = random(4, shape.rows(), shape.heads * shape.width);
    Tensor o = random(5, shape.rows(), shape.heads * shape.width);
    Tensor dq = random(6, shape.rows(), shape.heads * shape.keyWidth);
    Tensor dk = random(7, shape.rows(), shape.heads * shape.keyWidth);
    Tensor dv = random(8, shape.rows(), shape.heads * shape.width);
    Tensor state = zeros(shape.stateRows(), shape.width);
    long kept = Math.ceilDiv(shape.time, attention.chunk());
    Tensor saved = zeros(shape.stateRows() * kept, shape.width);
    Tensor[] all = {q, k, v, dO, o, dq, dk, dv, state, saved};
    double forward = millis(() -> attention.forward(o, state, q, k, v, decay, null, shape.batch));
    double saving =
        millis(() -> attention.forwardSaving(o, state, saved, q, k, v, decay, null, shape.batch));
    double backward =
        millis(() ->
            attention.backward(dq, dk, dv, state, dO, q, k, v, saved, decay, null, shape.batch));
    report.put("ms forward", forward);
    report.put("ms forward, states saved", saving);
    report.put("ms backward", backward);
    report.put("GB/s forward", shape.bytes() / forward * 1e-6);
    report.put("GB/s backward", 3 * shape.bytes() / backward * 1e-6);
    report.put("bytes of saved states", saved.elements() * Float.BYTES);
    // Grows with the largest shape so far.
    long ours = Arrays.stream(all).mapToLong(tensor -> tensor.storage().bytes()).sum();
    report.put("bytes worked in, at most", backend.bytesTaken() - ours);
    CudaBench.say(
        "attention %-30s forward %.4f ms (%.4f saving), backward %.4f ms, %.0f and %.0f GB/s",
        shape.name,
        forward,
        saving,
        backward,
        shape.bytes() / forward * 1e-6,
        3 * shape.bytes() / backward * 1e-6);
    release(all);
  }

  private void run(ObjectNode report, Step step) {
    Decay decay = decay(step.heads);
    int columns = step.heads * step.width;
    Tensor states = zeros((long) step.copies * step.sequences * columns, step.width);
    List<Tensor> each =
        IntStream.range(0, step.copies * step.sequences)
            .mapToObj(i -> states.rows((long) i * columns, (i + 1L) * columns))
            .toList();
    Tensor q = random(1, step.sequences, columns);
    Tensor o = random(2, step.sequences, columns);
    double millis =
        millis(() -> {
          for (int from = 0; from < each.size(); from += step.sequences) {
            List<Tensor> some = each.subList(from, from + step.sequences);
            backend.attention().step(o, some, q, q, q, decay);
          }
        })
            / step.copies;
    report.put("ms", millis);
    report.put("GB/s", 2 * step.stateBytes() / millis * 1e-6);
    CudaBench.say(
        "attention %s: %.4f ms, %.0f GB/s",
        step.name(), millis, 2 * step.stateBytes() / millis * 1e-6);
    release(states, q, o);
  }

  /** Slopes of ALiBi. */
  private Decay decay(int heads) {
    return backend
        .attention()
        .decay(
            IntStream.rangeClosed(1, heads)
                .mapToDouble(h -> Math.pow(2, -8.0 * h / heads))
                .toArray());
  }

  private double millis(Runnable work) {
    Runnable runs =
        () -> {
          for (int i = 0; i < RUNS; i++) {
            work.run();
          }
        };
    double[] millis = new double[times];
    backend.repeat(runs, runs);
    for (int n = 0; n < times; n++) {
      backend.repeat(runs, runs);
      millis[n] = launcher.millisOfLatestPlay() / RUNS;
    }
    launcher.forgetRecordings();
    Arrays.sort(millis);
    return millis[times / 2];
  }

  private Tensor zeros(long rows, int columns) {
    return Tensor.of(backend.allocate("states", rows * columns * Float.BYTES), 0, rows, columns);
  }

  private Tensor random(long seed, long rows, int columns) {
    long bytes = rows * columns * Short.BYTES;
    Tensor x = Tensor.of(backend.allocate("random", bytes), ElementType.BF16, 0, rows, columns);
    int drawn = (int) Math.min(DRAWN, rows * columns);
    int few = Math.max(1, drawn / columns);
    backend.write(
        x.rows(0, few), MemorySegment.ofArray(EveryOperation.normal(seed, few * columns)));
    long done = (long) few * columns * Short.BYTES;
    long address = CudaStorage.address(x);
    for (; done < bytes; done *= 2) {
      launcher.copy(address + done, address, Math.min(done, bytes - done));
    }
    return x;
  }

  private void release(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      backend.release(tensor.storage());
    }
  }
}
