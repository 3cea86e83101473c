package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.config.TnlSizes;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Peers;
import org.transnormer.model.parallel.RankLostException;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Rendezvous;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One rank of a bench: a process with a GPU. {@code BenchRank SECTION FOLDER RANK RANKS PORT}. */
public final class BenchRank {

  /** The environment's variable with what proves that a process belongs to the group. */
  static final String TOKEN = "TNL_BENCH_TOKEN";

  /** Last words begin with this. */
  static final String LEAVING = "leaving: ";

  /** How a rank leaves that lost another. */
  static final int LOST = 3;

  /** So small that an emulated GPU can do it. */
  static final boolean TINY = Boolean.getBoolean("tnl.bench.tiny");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final CudaBackend backend;
  private final DriverLauncher launcher;
  private final Collectives all;
  private final Path folder;
  private final Path reportFile;
  private final TokenSet tokens;
  private final List<String> chosen;
  private final ObjectNode report = JsonMapper.shared().createObjectNode();

  private BenchRank(
      CudaBackend backend,
      DriverLauncher launcher,
      Collectives all,
      Path folder,
      String section,
      TokenSet tokens) {
    this.backend = backend;
    this.launcher = launcher;
    this.all = all;
    this.folder = folder;
    this.reportFile = reportFile(folder, section);
    this.tokens = tokens;
    String[] words = section.split(":");
    this.chosen = words.length > 2 ? List.of(words[2].split(",")) : List.of();
  }

  static Path reportFile(Path folder, String section) {
    return folder.resolve(fileName(section) + ".json");
  }

  static String fileName(String section) {
    return section.replace(':', '-');
  }

  /** Those of the names that have one of the chosen words in them; all where none is chosen. */
  List<String> chosen(List<String> names) {
    return names.stream()
        .filter(name -> chosen.isEmpty() || chosen.stream().anyMatch(name::contains))
        .toList();
  }

  boolean chosen(String name) {
    return !chosen(List.of(name)).isEmpty();
  }

  public static void main(String[] arguments) throws Exception {
    String section = arguments[0];
    Path folder = Path.of(arguments[1]);
    int rank = Integer.parseInt(arguments[2]);
    int ranks = Integer.parseInt(arguments[3]);
    int port = Integer.parseInt(arguments[4]);
    Nccl nccl = new Nccl();
    Rendezvous place =
        new Rendezvous(
            section,
            rank,
            ranks,
            InetSocketAddress.createUnresolved("localhost", port),
            System.getenv(TOKEN));
    try (DriverLauncher launcher = new DriverLauncher(0, !TINY);
        CudaBackend backend = new CudaBackend(launcher, ElementType.BF16);
        Peers peers = place.meet(nccl::newId, PATIENCE);
        NcclGroup group = new NcclGroup(nccl, launcher, peers.shared(), rank, ranks);
        TokenSet tokens = TokenSet.open(folder.resolve(BenchTokens.FOLDER))) {
      peers.watch(reason -> leave(group, reason));
      BenchRank own = new BenchRank(backend, launcher, group.all(), folder, section, tokens);
      own.report.put("device", backend.describe());
      own.report.put("nccl", nccl.version());
      own.run(section, List.of(arguments).subList(5, arguments.length));
    } catch (RankLostException e) {
      lastWords(String.valueOf(e.getMessage()));
    } catch (Exception | Error e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1); // what closes would wait for the others
    }
  }

  private static void leave(NcclGroup group, String reason) {
    group.lose(reason);
    try {
      Thread.sleep(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lastWords(reason);
  }

  private static void lastWords(String reason) {
    System.out.println(LEAVING + reason);
    System.out.flush();
    Runtime.getRuntime().halt(LOST);
  }

  private void run(String section, List<String> more) throws IOException {
    switch (section.split(":")[0]) {
      case "ranks-correctness" -> new ParallelCorrectness(this).run();
      case "ranks-scaling" -> new ParallelSpeed(this).scaling();
      case "ranks-sharded" -> new ParallelSpeed(this).sharded();
      case "ranks-tensor" -> new ParallelSpeed(this).tensor();
      case "ranks-sequence" -> new ParallelSpeed(this).sequence();
      case ParallelBench.FAULTS -> FaultBench.train(this, Path.of(more.get(0)));
      default -> throw new IllegalArgumentException("no section " + section);
    }
    write();
  }

  CudaBackend backend() {
    return backend;
  }

  DriverLauncher launcher() {
    return launcher;
  }

  Collectives all() {
    return all;
  }

  Path folder() {
    return folder;
  }

  ObjectNode report() {
    return report;
  }

  /** Keeps what is known so far, in case that the rest fails. */
  void write() throws IOException {
    if (all.rank() == 0) {
      Files.writeString(reportFile, report.toPrettyString() + "\n");
    }
  }

  /** On rank 0, for people. */
  void say(String format, Object... arguments) {
    if (all.rank() == 0) {
      System.out.printf(Locale.ROOT, format + "%n", arguments);
    }
  }

  /** Waits until all ranks are here. */
  void meet() {
    all.allReduce(new double[1]);
  }

  /** The largest of what the ranks say. */
  double most(double value) {
    double[] values = new double[all.size()];
    values[all.rank()] = value;
    all.allReduce(values);
    double most = values[0];
    for (double each : values) {
      most = Math.max(most, each);
    }
    return most;
  }

  static TnlConfig size(String name) {
    return TINY
        ? TnlConfig.of(304, 32, 2, 4, 64, 0)
        : TnlSizes.named("tnl1-" + name.toLowerCase(Locale.ROOT)).orElseThrow();
  }

  static TrainingSpec spec(TnlConfig model, BatchSpec batch, long steps) {
    return new TrainingSpec(
        model,
        OptimizerSpec.adamW(3e-4, Schedule.CONSTANT, 5),
        batch,
        steps,
        7,
        new EvalSpec(0, 0),
        new CheckpointSpec(0, 0));
  }

  /** All ranks as data parallel, with something else between them where it says so. */
  Ranks ranks(int sequence, int tensor, Sharding sharding) {
    return Ranks.of(all, sequence, tensor, sharding);
  }

  /** What ranks share, in reports. */
  static String word(Sharding sharding) {
    return sharding == Sharding.NONE ? "nothing" : sharding.name().toLowerCase(Locale.ROOT);
  }

  /** A session at its first step, or where a checkpoint left it. */
  TrainingSession session(TrainingSpec spec, Ranks ranks, @Nullable Path from) throws IOException {
    launcher.forgetRecordings();
    return from == null
        ? TrainingSession.start(spec, List.of(tokens), backend, ranks)
        : TrainingSession.resume(from, spec, List.of(tokens), backend, ranks);
  }

  static List<StepReport> steps(TrainingSession session, int count) {
    List<StepReport> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reports.add(session.step());
    }
    return reports;
  }
}
