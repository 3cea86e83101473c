import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.NamedSizes;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * The platform's side of decode.sh and prefill.sh: does on standard input's word what it is told,
 * one line an answer.
 *
 * <pre>
 * weights STORAGE          -> bytes that one token reads, bytes of a sequence's state
 * decode STORAGE BATCH N   -> microseconds of N steps, each of BATCH sequences
 * probe N                  -> GB/s of reading memory, best of N passes
 * prefill STORAGE FROM TO  -> seconds of reading tokens [FROM, TO) of one long text
 * position STORAGE         -> where that text stands
 * far STORAGE N            -> microseconds of N steps from there on; the text stays where it is
 * sgemm                    -> GFLOP/s of a large product
 * garbage STORAGE N        -> bytes left to collect by a step, mean of N
 * </pre>
 *
 * Arguments: threads, pin (true or false), a named size, a folder for its random weights, and how
 * many of its layers to keep (0 for all).
 */
final class Decode {

  private static final long PROBE_BYTES = 1L << 28;
  private static final int PRODUCT = 1024;

  private final int threads;
  private final boolean pin;
  private final Path folder;
  private final TnlConfig config;
  private final Map<WeightStorage, CausalLm> models = new EnumMap<>(WeightStorage.class);
  private final Map<WeightStorage, List<SequenceState>> states = new EnumMap<>(WeightStorage.class);
  private final Map<WeightStorage, SequenceState> texts = new EnumMap<>(WeightStorage.class);
  private final Random random = new Random(1);

  private Decode(int threads, boolean pin, TnlConfig config, Path folder) {
    this.threads = threads;
    this.pin = pin;
    this.config = config;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    TnlConfig named = NamedSizes.named(arguments[2]).orElseThrow().config();
    int layers = Integer.parseInt(arguments[4]);
    TnlConfig config = layers == 0 ? named : withLayers(named, layers);
    Path folder = Path.of(arguments[3]);
    writeWeights(folder, config);
    Decode decode =
        new Decode(Integer.parseInt(arguments[0]), Boolean.parseBoolean(arguments[1]), config, folder);
    System.out.printf("ready %d parameters%n", config.parameterCount());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
      System.out.println(decode.answer(line.strip().split(" ")));
    }
    System.exit(0);
  }

  private String answer(String[] words) throws Exception {
    WeightStorage storage = words.length > 1 ? WeightStorage.named(words[1]).orElse(WeightStorage.F32) : WeightStorage.F32;
    return switch (words[0]) {
      case "weights" -> "%d %d".formatted(weightBytes(storage), model(storage).stateBytes());
      case "decode" -> micros(storage, states(storage, Integer.parseInt(words[2])), Integer.parseInt(words[3]));
      case "far" -> far(storage, Integer.parseInt(words[2]));
      case "prefill" -> prefill(storage, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "position" -> Long.toString(text(storage).position());
      case "probe" -> "%.2f".formatted(probe(Integer.parseInt(words[1])));
      case "sgemm" -> "%.1f".formatted(sgemm());
      case "garbage" -> Long.toString(garbage(storage, Integer.parseInt(words[2])));
      default -> "what is " + words[0] + "?";
    };
  }

  /** Of every matrix once, with its steps; the table of embeddings is read by the head. */
  private long weightBytes(WeightStorage storage) {
    long bytes = 0;
    for (TensorSpec spec : TnlTensors.of(config)) {
      long columns = spec.shape().getLast();
      bytes +=
          switch (storage) {
            case STORED, F32 -> 4 * spec.elements();
            case BF16 -> 2 * spec.elements();
            case INT8 -> spec.elements() + spec.elements() / columns * Float.BYTES;
          };
    }
    return bytes;
  }

  private CausalLm model(WeightStorage storage) throws IOException {
    CausalLm model = models.get(storage);
    if (model == null) {
      model = CausalLm.load(folder, new LoadOptions(threads, pin, storage));
      models.put(storage, model);
    }
    return model;
  }

  private List<SequenceState> states(WeightStorage storage, int batch) throws IOException {
    List<SequenceState> all = states.computeIfAbsent(storage, _ -> new ArrayList<>());
    while (all.size() < batch) {
      all.add(model(storage).newState());
    }
    return all.subList(0, batch);
  }

  private SequenceState text(WeightStorage storage) throws IOException {
    SequenceState text = texts.get(storage);
    if (text == null) {
      text = model(storage).newState();
      texts.put(storage, text);
    }
    return text;
  }

  private String micros(WeightStorage storage, List<SequenceState> sequences, int steps) throws IOException {
    CausalLm model = model(storage);
    Logits logits = new Logits(sequences.size(), config.vocabSize());
    int[] tokens = new int[sequences.size()];
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < steps; i++) {
      for (int n = 0; n < tokens.length; n++) {
        tokens[n] = random.nextInt(config.vocabSize());
      }
      long start = System.nanoTime();
      model.decode(sequences, tokens, logits);
      line.append((System.nanoTime() - start) / 1000).append(' ');
    }
    return line.toString().strip();
  }

  private String far(WeightStorage storage, int steps) throws IOException {
    try (SequenceState copy = model(storage).newState()) {
      copy.copyFrom(text(storage));
      return micros(storage, List.of(copy), steps);
    }
  }

  private String prefill(WeightStorage storage, int from, int to) throws IOException {
    SequenceState text = text(storage);
    if (from == 0) {
      text.reset();
    }
    int[] tokens = new Random(2).ints(to, 0, config.vocabSize()).toArray();
    Logits last = new Logits(1, config.vocabSize());
    long start = System.nanoTime();
    model(storage).prefill(text, tokens, from, to, last);
    return "%.4f".formatted((System.nanoTime() - start) * 1e-9);
  }

  private long garbage(WeightStorage storage, int steps) throws IOException {
    CausalLm model = model(storage);
    List<SequenceState> one = states(storage, 1);
    Logits logits = new Logits(1, config.vocabSize());
    int[] token = {5};
    var threadsBean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threadsBean.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < steps; i++) {
      model.decode(one, token, logits);
    }
    return (threadsBean.getCurrentThreadAllocatedBytes() - before) / steps;
  }

  /** The rate at which as many threads read memory that is in no cache, from the pages that weights get. */
  private double probe(int passes) {
    if (probe == null) {
      probe = new Probe(threads, pin);
    }
    double best = 0;
    for (int i = 0; i < passes; i++) {
      best = Math.max(best, probe.once());
    }
    return best;
  }

  private Probe probe;

  /** Reads and adds, as wide as the machine's vectors are. */
  private static final class Probe {

    private final Thread[] workers;
    private final MemorySegment memory;
    private final java.util.concurrent.CyclicBarrier begin;
    private final java.util.concurrent.CyclicBarrier end;
    private volatile long sink;

    Probe(int threads, boolean pin) {
      Backend backend = CpuBackend.open(threads, pin);
      Tensor numbers = Tensor.of(backend.allocate("probe", PROBE_BYTES), 0, PROBE_BYTES / (1024 * Float.BYTES), 1024);
      backend.clear(numbers); // touches it
      memory = backend.view(numbers, Arena.global());
      begin = new java.util.concurrent.CyclicBarrier(threads + 1);
      end = new java.util.concurrent.CyclicBarrier(threads + 1);
      workers = new Thread[threads];
      for (int i = 0; i < threads; i++) {
        MemorySegment part = memory.asSlice(i * (PROBE_BYTES / threads), PROBE_BYTES / threads);
        workers[i] = new Thread(() -> read(part));
        workers[i].setDaemon(true);
        workers[i].start();
      }
    }

    double once() {
      try {
        begin.await();
        long start = System.nanoTime();
        end.await();
        return PROBE_BYTES / (double) (System.nanoTime() - start);
      } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    }

    private void read(MemorySegment part) {
      try {
        while (true) {
          begin.await();
          sink += sum(part);
          end.await();
        }
      } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    }

    private static long sum(MemorySegment part) {
      var species = jdk.incubator.vector.IntVector.SPECIES_PREFERRED;
      long bytes = species.vectorByteSize();
      var order = java.nio.ByteOrder.nativeOrder();
      var a = jdk.incubator.vector.IntVector.zero(species);
      var b = a;
      var c = a;
      var d = a;
      for (long at = 0; at < part.byteSize(); at += 4 * bytes) {
        a = a.add(jdk.incubator.vector.IntVector.fromMemorySegment(species, part, at, order));
        b = b.add(jdk.incubator.vector.IntVector.fromMemorySegment(species, part, at + bytes, order));
        c = c.add(jdk.incubator.vector.IntVector.fromMemorySegment(species, part, at + 2 * bytes, order));
        d = d.add(jdk.incubator.vector.IntVector.fromMemorySegment(species, part, at + 3 * bytes, order));
      }
      return a.add(b).add(c).add(d).lane(0);
    }
  }

  private double sgemm() {
    try (Backend backend = CpuBackend.open(threads, pin)) {
      Storage storage = backend.allocate("product", 3L * PRODUCT * PRODUCT * Float.BYTES);
      Tensor[] square = new Tensor[3];
      for (int i = 0; i < 3; i++) {
        square[i] = Tensor.of(storage, ElementType.F32, (long) i * PRODUCT * PRODUCT, PRODUCT, PRODUCT);
      }
      double best = 0;
      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        backend.matmul().forward(Write.OVERWRITE, square[0], square[1], square[2]);
        best = Math.max(best, 2.0 * PRODUCT * PRODUCT * PRODUCT / (System.nanoTime() - start));
      }
      return best;
    }
  }

  private static TnlConfig withLayers(TnlConfig c, int layers) {
    return new TnlConfig(
        c.vocabSize(), c.width(), layers, c.heads(), c.gluWidth(), c.scaleEmbedding(),
        c.lrpe().subList(0, layers), c.activation(), c.initStd(), c.padToken(), c.bosToken(), c.eosToken());
  }

  /** Weights from N(0, 0.02), bfloat16, unless they are there. */
  private static void writeWeights(Path path, TnlConfig config) throws IOException {
    Files.createDirectories(path);
    CheckpointFolder folder = new CheckpointFolder(path);
    if (Files.exists(folder.config())) {
      return;
    }
    short[] normal = new short[1 << 16];
    Random random = new Random(3);
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (short) (Float.floatToIntBits((float) (0.02 * random.nextGaussian())) >>> 16);
    }
    try (Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      long seed = 1;
      for (TensorSpec spec : TnlTensors.of(config)) {
        if (TnlTensors.isTheta(spec.name())) {
          continue; // a missing one is the ramp that it starts from
        }
        MemorySegment data = arena.allocate(2 * spec.elements(), 8);
        for (long i = 0; i < spec.elements(); i++) {
          seed = seed * 6364136223846793005L + 1442695040888963407L;
          data.set(ValueLayout.JAVA_SHORT, 2 * i, normal[(int) (seed >>> 48)]);
        }
        sources.add(new SafetensorsWriter.Source(spec.name(), DType.BF16, spec.shape(), data));
      }
      SafetensorsWriter.write(folder.model(), sources, Map.of());
    }
    config.write(folder.config());
  }
}
