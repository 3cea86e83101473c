package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.node.ObjectNode;

/** Speed and memory of whole steps of training, as sessions do them. */
final class ParallelSpeed {

  /** The first two steps prepare and record. */
  private static final int WARM_UP = 3;

  private static final int STEPS = BenchRank.TINY ? 1 : 10;
  private static final int LONG_STEPS = 2;

  /** As the gradients' exchange cuts them. */
  private static final int BUCKET = 1 << 24;

  /** Of a GPU's memory, with room for what libraries take. */
  private static final double USABLE = 0.97;

  private final BenchRank bench;

  ParallelSpeed(BenchRank bench) {
    this.bench = bench;
  }

  /**
   * @param seconds of a step, the median
   */
  private record Run(double seconds, double tokensPerSecond, double bytes, double planned) {}

  /** The same work for each GPU, alone and together. */
  void scaling() throws IOException {
    for (String size : bench.chosen(List.of("385M", "1B"))) {
      TnlConfig model = BenchRank.size(size);
      int ranks = bench.all().size();
      int sequences = BenchRank.TINY ? 2 : 8;
      int length = BenchRank.TINY ? 32 : 2048;
      TrainingSpec own = BenchRank.spec(model, new BatchSpec(sequences, length), 1000);
      TrainingSpec all = BenchRank.spec(model, new BatchSpec(ranks * sequences, length), 1000);
      ObjectNode entry =
          bench.report().putObject("%s, %d x %d a GPU".formatted(size, sequences, length));
      Run one = run(entry.putObject("each GPU alone"), own, Ranks.alone(), STEPS);
      Ranks batch = bench.ranks(1, 1, Sharding.NONE);
      Run together = run(entry.putObject("data parallel"), all, batch, STEPS);
      double exchange = exchange(batch.batch(), model.parameterCount());
      double speedUp = ranks * together.tokensPerSecond / one.tokensPerSecond;
      double seen = (together.seconds - one.seconds) / exchange;
      entry.put("speed-up", speedUp);
      entry.put("ms of the gradients' sum by itself", exchange * 1e3);
      entry.put("GB/s of that sum on the bus", busBandwidth(exchange, model.parameterCount()));
      entry.put("share of it that is not hidden", seen);
      bench.say(
          "%s: %.3f x on %d GPUs; sum of gradients %.2f ms (%.0f GB/s), %.0f %% of it seen",
          size,
          speedUp,
          ranks,
          exchange * 1e3,
          busBandwidth(exchange, model.parameterCount()),
          100 * seen);
      bench.write();
      for (Sharding sharding : List.of(Sharding.OPTIMIZER, Sharding.EVERYTHING)) {
        String name = BenchRank.word(sharding) + " sharded";
        Ranks shared = bench.ranks(1, 1, sharding);
        Run sharded = run(entry.putObject("data parallel, " + name), all, shared, STEPS);
        entry.put("speed-up, " + name, ranks * sharded.tokensPerSecond / one.tokensPerSecond);
        bench.write();
      }
    }
  }

  /** Seconds of adding up all gradients with nothing beside it. */
  private double exchange(Collectives group, long parameters) {
    Storage storage = bench.backend().allocate("gradients", parameters * Float.BYTES);
    Tensor gradients = Tensor.of(storage, 0, parameters, 1);
    Collectives aside = group.aside();
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      bench.meet();
      long started = System.nanoTime();
      for (long to = parameters; to > 0; to -= BUCKET) {
        aside.allReduce(gradients.rows(Math.max(0, to - BUCKET), to));
      }
      group.awaitAside();
      bench.backend().finish();
      best = Math.min(best, (System.nanoTime() - started) * 1e-9);
    }
    bench.backend().release(storage);
    return bench.most(best);
  }

  /** As nccl-tests counts it. */
  private double busBandwidth(double seconds, long parameters) {
    int ranks = bench.all().size();
    return 2.0 * (ranks - 1) / ranks * parameters * Float.BYTES / seconds * 1e-9;
  }

  /**
   * A model of which no GPU has room for all parameters, gradients and moments: activations made
   * again, and kept.
   */
  void sharded() throws IOException {
    int ranks = bench.all().size();
    Ranks everything = bench.ranks(1, 1, Sharding.EVERYTHING);
    for (String name : bench.chosen(List.of("7B, recomputed", "7B, kept"))) {
      int sequences = (BenchRank.TINY ? 2 : 4) * ranks;
      int length = BenchRank.TINY ? 32 : 2048;
      BatchSpec batch = new BatchSpec(sequences, length, 0, name.endsWith("recomputed"));
      TrainingSpec spec = BenchRank.spec(BenchRank.size("7B"), batch, 1000);
      ObjectNode entry = bench.report().putObject(name);
      Run run = run(entry, spec, everything, STEPS);
      entry.put("tokens/s a GPU", run.tokensPerSecond / ranks);
      bench.say("%s: %.0f tokens/s a GPU", name, run.tokensPerSecond / ranks);
    }
  }

  /** Every layer on all GPUs. */
  void tensor() throws IOException {
    int ranks = bench.all().size();
    BatchSpec batch =
        BenchRank.TINY ? new BatchSpec(2, 32, 0, true) : new BatchSpec(4, 2048, 0, true);
    TrainingSpec spec = BenchRank.spec(BenchRank.size("7B"), batch, 1000);
    ObjectNode entry = bench.report().putObject("7B by %d".formatted(ranks));
    Run run = run(entry, spec, bench.ranks(1, ranks, Sharding.NONE), STEPS);
    entry.put("tokens/s a GPU", run.tokensPerSecond / ranks);
    bench.say("7B by %d: %.0f tokens/s a GPU", ranks, run.tokensPerSecond / ranks);
  }

  /** One sequence on all GPUs, longer and longer, as far as there is room. */
  void sequence() throws IOException {
    int ranks = bench.all().size();
    TnlConfig model = BenchRank.size("1B");
    Run first = null;
    int shortest = BenchRank.TINY ? 32 : 32_768 * ranks;
    for (int length = shortest; length <= 8 * shortest; length *= 2) {
      TrainingSpec spec = BenchRank.spec(model, new BatchSpec(1, length, 0, true), 1000);
      Optional<Ranks> positions = bench.chosen("" + length) ? roomy(spec) : Optional.empty();
      if (positions.isEmpty()) {
        continue;
      }
      ObjectNode entry = bench.report().putObject("1B, 1 x %d".formatted(length));
      Run run = run(entry, spec, positions.get(), LONG_STEPS);
      if (first == null) {
        first = run;
      }
      entry.put("time per token, of the shortest's", first.tokensPerSecond / run.tokensPerSecond);
      bench.write();
    }
  }

  /** Ranks that split every sequence, sharing as little beside as they have room for. */
  private Optional<Ranks> roomy(TrainingSpec spec) {
    for (Sharding sharding : List.of(Sharding.OPTIMIZER, Sharding.EVERYTHING)) {
      Ranks ranks = bench.ranks(bench.all().size(), 1, sharding);
      double planned = TrainingSession.plan(spec, bench.backend(), ranks).bytes();
      double left = USABLE * bench.launcher().bytesLeft().orElseThrow();
      if (bench.most(planned - left) <= 0) {
        return Optional.of(ranks);
      }
      bench.say("%s: no room for %.1f GB", spec.batch(), planned * 1e-9);
    }
    return Optional.empty();
  }

  private Run run(ObjectNode entry, TrainingSpec spec, Ranks ranks, int count) throws IOException {
    long before = bench.launcher().bytesTaken();
    try (TrainingSession session = bench.session(spec, ranks, null)) {
      BenchRank.steps(session, WARM_UP);
      bench.meet();
      List<StepReport> reports = BenchRank.steps(session, count);
      double seconds = bench.most(median(reports));
      double tokens = (double) spec.batch().tokens();
      boolean alone = ranks.batch().size() * ranks.model().tensor().size() == 1;
      tokens *= alone ? bench.all().size() : 1;
      double bytes = bench.most((double) bench.launcher().bytesTaken() - before);
      double planned = bench.most((double) session.plan().bytes());
      entry.put("ms a step, median", seconds * 1e3);
      entry.put("tokens/s of all", tokens / seconds);
      entry.put("bytes a GPU", (long) bytes);
      entry.put("bytes planned", (long) planned);
      entry.put("last loss", reports.getLast().loss());
      bench.say(
          "%s: %.1f ms a step, %.0f tokens/s, %.1f GB a GPU (planned %.1f), loss %.3f",
          division(ranks),
          seconds * 1e3,
          tokens / seconds,
          bytes * 1e-9,
          planned * 1e-9,
          reports.getLast().loss());
      profile(entry, session);
      bench.write();
      return new Run(seconds, tokens / seconds, bytes, planned);
    }
  }

  private static String division(Ranks ranks) {
    return "batch by %d, sequences by %d, layers by %d, %s sharded"
        .formatted(
            ranks.batches(),
            ranks.model().sequence().size(),
            ranks.model().tensor().size(),
            BenchRank.word(ranks.sharding()));
  }

  /** What rank 0's device did in a step, call by call; what is exchanged aside is not in it. */
  private void profile(ObjectNode entry, TrainingSession session) {
    ObjectNode calls = entry.putObject("ms of a step by call");
    bench.launcher().profile(session::step).entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue().millis(), a.getValue().millis()))
        .limit(12)
        .forEach(call ->
            calls.put(
                "%s (%d)".formatted(call.getKey(), call.getValue().calls()),
                call.getValue().millis()));
  }

  private static double median(List<StepReport> reports) {
    double[] sorted = reports.stream().mapToDouble(StepReport::seconds).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
