package org.transnormer.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.data.BatchDocument;
import org.transnormer.model.data.BatchSampler;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.MemoryPlan;

/**
 * One run of training: model, optimizer, data cursor. Everything that a step computes follows from
 * the specification, the token set and the steps before; a session resumed from a checkpoint
 * computes the same bits as one that was never interrupted, with any number of threads, on machines
 * whose products and vectors are the same.
 */
public final class TrainingSession implements AutoCloseable {

  private final TrainingSpec spec;
  private final List<TokenSet> tokens;
  private final Backend backend;
  private final Ranks ranks;
  private final LanguageModel model;
  private final ParameterUpdate update;
  private final BatchSampler sampler;
  private final ReadAhead batches;
  private DivergenceWatch watch = new DivergenceWatch();
  private DataCursor cursor = DataCursor.START;
  private long step;

  private TrainingSession(TrainingSpec spec, List<TokenSet> tokens, Backend backend, Ranks ranks) {
    requireFit(spec, tokens, ranks);
    this.spec = spec;
    this.tokens = List.copyOf(tokens);
    this.backend = backend;
    this.ranks = ranks;
    this.sampler =
        new BatchSampler(
            tokens,
            spec.mixture().isEmpty() ? List.of(1.0) : spec.mixture(),
            spec.batch().sequenceLength(),
            spec.seed());
    this.batches = new ReadAhead(this::batch);
    this.model = ModelFamilies.of(spec.model()).trainable(backend, shape(spec, ranks), ranks);
    this.update = new ParameterUpdate(backend, model, ranks);
  }

  /** What goes through the model of one rank at once. */
  private static TrainingShape shape(TrainingSpec spec, Ranks ranks) {
    TrainingShape shape = spec.batch().shape();
    int most = Math.ceilDiv(spec.batch().sequences(), ranks.batches());
    int pieces = ranks.model().sequence().size();
    return new TrainingShape(
        Math.min(shape.sequences(), most), shape.length() / pieces, shape.recompute(), pieces > 1);
  }

  /**
   * A run from its first step, with initial weights drawn from the seed.
   *
   * @param backend stays the caller's to close
   * @throws InvalidConfigException when specification and token set do not fit
   */
  public static TrainingSession start(TrainingSpec spec, TokenSet tokens, Backend backend) {
    return start(spec, List.of(tokens), backend, Ranks.alone());
  }

  /**
   * One rank's part of a run on the token sets of the specification's mixture; every rank starts
   * its own.
   *
   * @param backend stays the caller's to close
   * @throws InvalidConfigException when specification and token sets do not fit
   */
  public static TrainingSession start(
      TrainingSpec spec, List<TokenSet> tokens, Backend backend, Ranks ranks) {
    TrainingSession session = new TrainingSession(spec, tokens, backend, ranks);
    ModelFamilies.of(spec.model()).initialise(session.model, backend, spec.seed());
    return session;
  }

  /**
   * A run from a checkpoint on. Steps, optimizer settings and intervals may differ from the
   * checkpoint's; model, data, objective and batch may not. Data are told apart by {@link
   * TokenSet#digest}, unless the checkpoint is of before it was kept.
   *
   * @throws IOException when the checkpoint cannot be read
   * @throws InvalidConfigException when the specification asks for another run
   */
  public static TrainingSession resume(
      Path checkpoint, TrainingSpec spec, TokenSet tokens, Backend backend) throws IOException {
    return resume(checkpoint, spec, List.of(tokens), backend, Ranks.alone());
  }

  /** One rank's part of it; another number of ranks may have written the checkpoint. */
  public static TrainingSession resume(
      Path checkpoint, TrainingSpec spec, List<TokenSet> tokens, Backend backend, Ranks ranks)
      throws IOException {
    CheckpointFolder folder = new CheckpointFolder(checkpoint);
    TrainingState state = TrainingState.read(folder.trainingState());
    requireSameRun(state.spec(), spec);
    requireSameData(state.data(), tokens);
    TrainingSession session = new TrainingSession(spec, tokens, backend, ranks);
    try {
      SessionFiles.readModel(checkpoint, session.model);
      SessionFiles.readMoments(folder, session.model, session.update);
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
    session.watch = DivergenceWatch.of(state.losses());
    session.cursor = state.cursor();
    session.step = state.step();
    return session;
  }

  /** The memory that a session of one rank takes, without taking it. */
  public static MemoryPlan plan(TrainingSpec spec, Backend backend) {
    return plan(spec, backend, Ranks.alone());
  }

  /** The memory that one rank of a session takes. */
  public static MemoryPlan plan(TrainingSpec spec, Backend backend, Ranks ranks) {
    MemoryPlan plan = new MemoryPlan("training");
    ModelFamily family = ModelFamilies.of(spec.model());
    int tensorRanks = ranks.model().tensor().size();
    ParameterLayout layout = family.layout(tensorRanks);
    ParameterMemory.plan(plan, layout, backend.compute(), ranks);
    long moments = layout.elements();
    if (ranks.sharding() != Sharding.NONE) {
      moments = new Slices(moments, ranks.batch().size()).size(ranks.batch().rank());
    }
    plan.add("first moments", moments);
    plan.add("second moments", moments);
    int chunk = backend.attention().chunk();
    plan.include(family.plan(chunk, backend.compute(), shape(spec, ranks), tensorRanks));
    return plan;
  }

  public MemoryPlan plan() {
    return plan(spec, backend, ranks);
  }

  public TrainingSpec spec() {
    return spec;
  }

  /** Updates done. */
  public long stepsDone() {
    return step;
  }

  /** Whether all steps of the specification are done. */
  public boolean finished() {
    return step >= spec.steps();
  }

  /** The first sample that was not used yet. */
  public DataCursor cursor() {
    return cursor;
  }

  /** The documents that the next step's batch is from. */
  public List<BatchDocument> nextDocuments() {
    return sampler.documents(cursor, spec.batch().sequences());
  }

  /**
   * One update.
   *
   * @throws DivergedException when loss or gradient make no sense; the parameters stay as they were
   */
  public synchronized StepReport step() {
    long started = System.nanoTime();
    long number = step + 1;
    TokenBatch batch = batches.take(cursor);
    DataCursor next = cursor.advance(spec.batch().sequences());
    if (number < spec.steps()) {
      batches.begin(next);
    }
    BatchLoss loss = forwardBackward(batch);
    double norm = update.gradientNorm();
    Optional<String> reason = watch.observe(loss.mean(), norm);
    if (reason.isPresent()) {
      throw new DivergedException(number, reason.get());
    }
    double learningRate = spec.optimizer().learningRate(number, spec.steps());
    double clip = ParameterUpdate.clipFactor(spec.optimizer().clip(), norm);
    update.apply(spec.optimizer(), learningRate, number, clip);
    step = number;
    cursor = next;
    double seconds = (System.nanoTime() - started) * 1e-9;
    return new StepReport(number, loss.mean(), norm, learningRate, loss.targets(), seconds);
  }

  /** This rank's share of the sequences at a cursor. */
  private TokenBatch batch(DataCursor at) {
    int from = rows(ranks.batchIndex());
    int to = rows(ranks.batchIndex() + 1);
    return positions(spec.objective().of(sampler.batch(at, spec.batch().sequences(), from, to)));
  }

  /** The gradient of all ranks' sequences, micro-batch by micro-batch, and their loss. */
  private BatchLoss forwardBackward(TokenBatch batch) {
    long counting = (long) sum(batch.counting())[0];
    Objective objective = new Objective(1.0 / Math.max(1, counting), spec.objective().zLoss());
    backend.clear(model.memory().gradients().own());
    double nats = 0;
    int atOnce = shape(spec, ranks).sequences();
    for (int row = 0; row < batch.sequences(); row += atOnce) {
      int end = Math.min(batch.sequences(), row + atOnce);
      GradientListener listener =
          end == batch.sequences() ? update.exchange() : GradientListener.NONE;
      nats += model.forwardBackward(batch.rows(row, end), objective, listener).nats();
    }
    return new BatchLoss(sum(nats)[0], counting);
  }

  /** The first of a step's sequences that belongs to one of the groups that share them. */
  private int rows(int group) {
    return (int) ((long) spec.batch().sequences() * group / ranks.batches());
  }

  /** This rank's positions of every sequence. */
  private TokenBatch positions(TokenBatch batch) {
    Collectives sequence = ranks.model().sequence();
    int length = batch.length() / sequence.size();
    return batch.positions(sequence.rank() * length, (sequence.rank() + 1) * length);
  }

  /** Over all ranks. */
  private double[] sum(double... values) {
    ranks.batch().allReduce(values);
    return values;
  }

  /** Whether a token set has anything to {@link #evaluate} on. */
  public boolean hasHeldout() {
    return tokens.stream().anyMatch(set -> set.heldout().size() > 1);
  }

  /**
   * Mean nats per held-out token that counts, over as many as the specification says; every window
   * of a batch's sequence length starts from nothing. Of several token sets the mean by their
   * weights, those without held-out tokens left out.
   *
   * @throws IllegalStateException without {@link #hasHeldout}
   */
  public synchronized double evaluate() {
    if (!hasHeldout()) {
      throw new IllegalStateException("the token set has no held-out tokens");
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).heldout().size() > 1) {
        double weight = spec.mixture().isEmpty() ? 1 : spec.mixture().get(i);
        sum +=
            weight
                * new HeldoutLoss(model, tokens.get(i).heldout(), spec, shape(spec, ranks))
                    .mean(spec.evaluation().maxTokens(), ranks.model().sequence());
        weights += weight;
      }
    }
    return sum / weights;
  }

  /**
   * Writes model, configuration, tokenizer, moments and state into a folder, which is made if it is
   * not there. The manifest, which makes a checkpoint of it, is the caller's to write last. Every
   * rank calls this, and one writes; what it writes does not depend on how many there are.
   */
  public synchronized void writeCheckpoint(Path dir) throws IOException {
    if (ranks.writes()) {
      Files.createDirectories(dir);
    }
    CheckpointFolder folder = new CheckpointFolder(dir);
    update.gatherParameters();
    SessionFiles.writeMoments(folder, model, update, ranks);
    SessionFiles.writeModel(folder, model, ranks);
    if (!ranks.writes()) {
      return;
    }
    tokens.getFirst().tokenizer().writeTo(dir);
    List<String> data = tokens.stream().map(TokenSet::digest).toList();
    new TrainingState(step, cursor, watch.memory(), data, spec).write(folder.trainingState());
  }

  private static void requireFit(TrainingSpec spec, List<TokenSet> tokens, Ranks ranks) {
    SpecFields check = new SpecFields();
    int sets = Math.max(1, spec.mixture().size());
    check.require(
        "mixture",
        tokens.size() == sets,
        "is for %d token sets, there are %d".formatted(sets, tokens.size()));
    for (TokenSet set : tokens) {
      int vocabulary = set.header().vocabSize();
      check.require(
          "model.vocab_size",
          spec.model().vocabSize() >= vocabulary,
          "is %d, but the token set has %d tokens".formatted(spec.model().vocabSize(), vocabulary));
      check.require(
          "mixture",
          set.header().tokenizerSha256().equals(tokens.getFirst().header().tokenizerSha256()),
          "is of token sets of different tokenizers");
    }
    check.require(
        "batch.sequences",
        spec.batch().sequences() >= ranks.batches(),
        "must be at least %d, since so many groups of ranks share them".formatted(ranks.batches()));
    check.require(
        "batch.sequences",
        ranks.sharding() != Sharding.EVERYTHING || passes(spec, ranks, 1) == passes(spec, ranks, 0),
        "must give each of the %d groups of ranks as many micro-batches: they share every layer"
            .formatted(ranks.batches()));
    int pieces = ranks.model().sequence().size();
    check.require(
        "batch.sequenceLength",
        spec.batch().sequenceLength() % pieces == 0,
        "must be a multiple of the %d ranks that share a sequence".formatted(pieces));
    check.done();
  }

  /** Micro-batches of the ranks that have the most sequences, or the fewest. */
  private static int passes(TrainingSpec spec, Ranks ranks, int most) {
    int sequences = spec.batch().sequences() / ranks.batches();
    int left = spec.batch().sequences() % ranks.batches();
    return Math.ceilDiv(sequences + Math.min(most, left), shape(spec, ranks).sequences());
  }

  private static void requireSameRun(TrainingSpec before, TrainingSpec now) {
    SpecFields check = new SpecFields();
    check.require("model", before.model().equals(now.model()), "differs from the checkpoint's");
    boolean batch = before.batch().computesLike(now.batch());
    check.require("batch", batch, "differs from the checkpoint's");
    boolean objective = before.objective().equals(now.objective());
    check.require("objective", objective, "differs from the checkpoint's");
    boolean mixture = before.mixture().equals(now.mixture());
    check.require("mixture", mixture, "differs from the checkpoint's");
    check.require("seed", before.seed() == now.seed(), "differs from the checkpoint's");
    check.done();
  }

  private static void requireSameData(List<String> before, List<TokenSet> now) {
    if (before.isEmpty()) {
      return;
    }
    SpecFields check = new SpecFields();
    boolean same = before.equals(now.stream().map(TokenSet::digest).toList());
    check.require(
        "data",
        same,
        "is not the checkpoint's: the run began on token sets %s, and %s"
            .formatted(
                before, now.stream().map(set -> set.folder() + " is " + set.digest()).toList()));
    check.done();
  }

  @Override
  public synchronized void close() {
    batches.close();
    update.close();
    model.close();
  }
}
