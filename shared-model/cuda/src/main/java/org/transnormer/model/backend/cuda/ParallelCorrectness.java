package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every division of the work against one GPU that does all of it, and against itself: the layers of
 * the 385M model, six of them.
 */
final class ParallelCorrectness {

  private static final int STEPS = BenchRank.TINY ? 4 : 20;
  private static final int HALF = STEPS / 2;

  /** What roundings to bf16 may do to a loss, relative to it. */
  private static final double TOLERANCE = 5e-3;

  private final BenchRank bench;
  private final TrainingSpec spec;

  private record Layout(String name, Ranks ranks) {}

  ParallelCorrectness(BenchRank bench) {
    this.bench = bench;
    TnlConfig model =
        BenchRank.TINY ? BenchRank.size("385M") : TnlConfig.of(64_000, 1024, 6, 8, 2816, 0);
    BatchSpec batch = BenchRank.TINY ? new BatchSpec(2, 32) : new BatchSpec(8, 1024);
    this.spec = BenchRank.spec(model, batch, STEPS);
  }

  void run() throws IOException {
    List<StepReport> one = alone();
    int size = bench.all().size();
    compare("data parallel", 1, 1, Sharding.NONE, one);
    compare("data parallel, optimizer sharded", 1, 1, Sharding.OPTIMIZER, one);
    compare("data parallel, everything sharded", 1, 1, Sharding.EVERYTHING, one);
    compare("tensor parallel", 1, size, Sharding.NONE, one);
    compare("sequence parallel", size, 1, Sharding.NONE, one);
    if (size % 4 == 0) {
      compare("tensor parallel by 2, optimizer sharded", 1, 2, Sharding.OPTIMIZER, one);
      compare("sequences by 2, everything sharded", 2, 1, Sharding.EVERYTHING, one);
      compare("sequences by 2, layers by 2", 2, 2, Sharding.NONE, one);
    }
    for (Sharding sharding : List.of(Sharding.OPTIMIZER, Sharding.EVERYTHING)) {
      String name = "a checkpoint of two ranks, %s sharded,".formatted(BenchRank.word(sharding));
      if (bench.chosen(name)) {
        checkpoint(name, sharding, one);
      }
    }
  }

  private void compare(
      String name, int sequence, int tensor, Sharding sharding, List<StepReport> one)
      throws IOException {
    if (bench.chosen(name)) {
      compare(new Layout(name, bench.ranks(sequence, tensor, sharding)), one);
    }
  }

  /** Rank 0 alone; the others wait. */
  private List<StepReport> alone() throws IOException {
    List<StepReport> one = List.of();
    if (bench.all().rank() == 0) {
      try (TrainingSession session = bench.session(spec, Ranks.alone(), null)) {
        one = BenchRank.steps(session, STEPS);
      }
      losses(bench.report().putObject("one GPU"), one);
      bench.say("one GPU: loss %.4f -> %.4f", one.getFirst().loss(), one.getLast().loss());
    }
    bench.meet();
    return one;
  }

  private void compare(Layout layout, List<StepReport> one) throws IOException {
    List<StepReport> first = train(layout);
    List<StepReport> second = train(layout);
    if (bench.all().rank() == 0) {
      boolean equal = true;
      for (int i = 0; i < STEPS; i++) {
        equal &= first.get(i).loss() == second.get(i).loss();
        equal &= first.get(i).gradNorm() == second.get(i).gradNorm();
      }
      ObjectNode entry = bench.report().putObject(layout.name);
      losses(entry, first);
      entry.put("two runs equal in every bit of losses and norms", equal);
      within(layout.name, entry, first, one);
      bench.say("%s: two runs %s", layout.name, equal ? "equal" : "DIFFER");
      bench.write();
    }
    bench.meet();
  }

  private List<StepReport> train(Layout layout) throws IOException {
    try (TrainingSession session = bench.session(spec, layout.ranks, null)) {
      return BenchRank.steps(session, STEPS);
    }
  }

  private void within(String name, ObjectNode entry, List<StepReport> some, List<StepReport> one) {
    double worst = 0;
    for (int i = 0; i < some.size(); i++) {
      double expected = one.get(one.size() - some.size() + i).loss();
      worst = Math.max(worst, Math.abs(some.get(i).loss() - expected) / expected);
    }
    entry.put("largest relative difference of a loss from one GPU's", worst);
    entry.put("allowed", TOLERANCE);
    bench.say("%s: at most %.1e from one GPU%s", name, worst, worst <= TOLERANCE ? "" : ", FAILED");
  }

  /** What two ranks write half-way, one goes on from, and all of them. */
  private void checkpoint(String name, Sharding sharding, List<StepReport> one) throws IOException {
    Path folder = bench.folder().resolve("two-ranks-" + BenchRank.word(sharding));
    Collectives pair = bench.all().split(bench.all().rank() / 2);
    if (bench.all().rank() < 2) {
      try (TrainingSession session = bench.session(spec, new Ranks(pair, sharding), null)) {
        BenchRank.steps(session, HALF);
        session.writeCheckpoint(folder);
      }
    }
    bench.meet();
    if (bench.all().rank() == 0) {
      try (TrainingSession session = bench.session(spec, Ranks.alone(), folder)) {
        resumed(name + " goes on on one", session, one);
      }
    }
    bench.meet();
    Ranks all = bench.ranks(1, 1, sharding);
    try (TrainingSession session = bench.session(spec, all, folder)) {
      resumed(name + " goes on on " + bench.all().size(), session, one);
    }
  }

  private void resumed(String name, TrainingSession session, List<StepReport> one)
      throws IOException {
    List<StepReport> rest = BenchRank.steps(session, STEPS - HALF);
    if (bench.all().rank() == 0) {
      within(name, bench.report().putObject(name), rest, one);
      bench.write();
    }
  }

  private static void losses(ObjectNode entry, List<StepReport> reports) {
    ArrayNode losses = entry.putArray("losses");
    reports.forEach(report -> losses.add(report.loss()));
  }
}
