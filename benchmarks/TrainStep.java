import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.device.Devices;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;

/**
 * The platform's side of train-step.sh: does on standard input's word what it is told, one line an
 * answer.
 *
 * <pre>
 * step    -> seconds of one training step, processor seconds of all threads, its loss
 * sgemm   -> GFLOP/s of square and of the step's own products, best of a few calls
 * memory  -> resident bytes at most during a step, before the model was made, planned for the model
 * profile N -> a table of the operations of N steps, ended by an empty line
 * </pre>
 *
 * Arguments: device, threads, vocabulary, width, layers, heads, GLU width, sequences, length. Threads are bound to
 * processors, as `tnl model train` binds them where it takes them all, unless TNL_PIN is false.
 */
final class TrainStep {

  private static final int SGEMM_CALLS = 3;

  /** Makes the kernel count VmHWM from now on, see proc(5). */
  private static final String FORGET_MOST = "5";

  private TrainStep() {}

  public static void main(String[] arguments) throws IOException {
    int[] sizes = Stream.of(arguments).skip(2).mapToInt(Integer::parseInt).toArray();
    TnlConfig config = TnlConfig.of(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], 0);
    BatchSpec batch = new BatchSpec(sizes[5], sizes[6]);
    Path folder = Files.createTempDirectory("train-step");
    OperationTimes times = new OperationTimes();
    boolean pin = !"false".equals(System.getenv("TNL_PIN"));
    try (Backend backend = Devices.open(arguments[0], Integer.parseInt(arguments[1]), pin);
        TokenSet tokens = tokens(folder, config.vocabSize(), 64 * batch.sequences() * (batch.sequenceLength() + 1))) {
      warm(backend, tokens, config, batch);
      long base = resident("VmRSS");
      TrainingSpec spec = spec(config, batch);
      Backend timed = System.getenv("TNL_PROFILE") == null ? backend : times.around(backend);
      try (TrainingSession session = TrainingSession.start(spec, tokens, timed)) {
        say(
            "ready %s, threads %s; %d parameters",
            backend.describe(),
            pin ? "bound to processors" : "not bound to processors",
            config.parameterCount());
        answer(backend, session, config, times, base);
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static void answer(
      Backend backend, TrainingSession session, TnlConfig config, OperationTimes times, long base) throws IOException {
    long most = 0;
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.strip().split(" ");
      switch (words[0]) {
        case "step" -> {
          Files.writeString(Path.of("/proc/self/clear_refs"), FORGET_MOST);
          double before = processorSeconds();
          StepReport report = session.step();
          say("%.6f %.3f %.5f", report.seconds(), processorSeconds() - before, report.loss());
          most = Math.max(most, resident("VmHWM"));
        }
        case "sgemm" -> say("%.2f", sgemm(backend, session.spec().batch().tokens(), config));
        case "memory" -> say("%d %d %d", most, base, session.plan().bytes());
        case "profile" -> {
          int steps = Integer.parseInt(words[1]);
          times.clear();
          for (int i = 0; i < steps; i++) {
            session.step();
          }
          say("%s", times.table(steps));
        }
        case "quit" -> {
          return;
        }
        default -> throw new IllegalArgumentException("what is '" + line + "'?");
      }
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
    System.out.flush();
  }

  /** A few steps of a small model of the same kind: classes, compiled code and BLAS buffers are there after it. */
  private static void warm(Backend backend, TokenSet tokens, TnlConfig config, BatchSpec batch) {
    TnlConfig small = TnlConfig.of(config.vocabSize(), 64, 2, 2, 128, 0);
    BatchSpec few = new BatchSpec(2, Math.min(128, batch.sequenceLength()));
    try (TrainingSession session = TrainingSession.start(spec(small, few), tokens, backend)) {
      for (int i = 0; i < 5; i++) {
        session.step();
      }
    }
  }

  private static TrainingSpec spec(TnlConfig config, BatchSpec batch) {
    OptimizerSpec optimizer = OptimizerSpec.adamW(1e-4, Schedule.values()[0], 0);
    return new TrainingSpec(config, optimizer, batch, 1_000_000, 1, new EvalSpec(0, 0), new CheckpointSpec(0, 0));
  }

  private static double sgemm(Backend backend, int rows, TnlConfig config) {
    int[][] shapes = {
      {2048, 2048, 512}, {1024, 1024, 1024}, {rows, 4 * config.width(), config.width()}, {rows, config.vocabSize(), config.width()},
    };
    double best = 0;
    for (int[] shape : shapes) {
      best = Math.max(best, sgemm(backend, shape[0], shape[1], shape[2]));
    }
    return best;
  }

  private static double sgemm(Backend backend, int m, int n, int k) {
    MemoryPlan plan = new MemoryPlan("sgemm");
    MemoryPlan.Entry x = plan.add("x", m, k);
    MemoryPlan.Entry w = plan.add("w", n, k);
    MemoryPlan.Entry y = plan.add("y", m, n);
    Storage storage = backend.allocate(plan.name(), plan.bytes());
    try {
      Tensor ys = y.in(storage);
      double best = 0;
      for (int i = 0; i < SGEMM_CALLS; i++) {
        long started = System.nanoTime();
        backend.matmul().forward(Write.OVERWRITE, ys, x.in(storage), w.in(storage));
        best = Math.max(best, 2.0 * m * n * k / (System.nanoTime() - started));
      }
      return best;
    } finally {
      backend.release(storage);
    }
  }

  private static long resident(String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith(key + ":")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
  }

  /** User and system time of the process, from ticks of 10 ms. */
  private static double processorSeconds() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/self/stat")).replaceFirst("^.*\\) ", "").split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }

  private static TokenSet tokens(Path folder, int vocabulary, int count) throws IOException {
    int[] random = new Random(1).ints(count, 0, vocabulary).toArray();
    DocumentRef document = new DocumentRef("0".repeat(32), 0, 0);
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, new NoText(vocabulary), "random", List.of("0".repeat(64)), Long.MAX_VALUE)) {
      writer.add(Split.TRAIN, document, random, count);
      writer.add(Split.HELDOUT, document, new int[] {1, 2, 3}, 3);
      writer.finish();
    }
    return TokenSet.open(folder);
  }

  /** The tokenizer of random numbers. */
  private record NoText(int vocabSize) implements Tokenizer {

    @Override
    public int[] encode(String text) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String decode(int[] ids) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int eos() {
      return 0;
    }

    @Override
    public byte[] tokenBytes(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String sha256() {
      return HexFormat.of().formatHex(new byte[32]);
    }

    @Override
    public byte[] json() {
      return "{}".getBytes(StandardCharsets.UTF_8);
    }
  }
}
