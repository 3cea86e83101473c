package org.transnormer.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.data.Batch;
import org.transnormer.model.data.BatchDocument;
import org.transnormer.model.data.BatchSampler;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;

/**
 * One run of training: model, optimizer, data cursor. Everything that a step computes follows from
 * the specification, the token set and the steps before; a session resumed from a checkpoint
 * computes the same bits as one that was never interrupted, with any number of threads, on machines
 * whose products and vectors are the same.
 */
public final class TrainingSession implements AutoCloseable {

  private final TrainingSpec spec;
  private final TokenSet tokens;
  private final Backend backend;
  private final LanguageModel model;
  private final ParameterUpdate update;
  private final BatchSampler sampler;
  private DivergenceWatch watch = new DivergenceWatch();
  private DataCursor cursor = DataCursor.START;
  private long step;

  private TrainingSession(TrainingSpec spec, TokenSet tokens, Backend backend) {
    requireVocabulary(spec, tokens);
    this.spec = spec;
    this.tokens = tokens;
    this.backend = backend;
    this.sampler = new BatchSampler(tokens, spec.batch().sequenceLength(), spec.seed());
    this.model =
        ModelFamilies.of(spec.model())
            .trainable(backend, spec.batch().sequences(), spec.batch().sequenceLength());
    this.update = new ParameterUpdate(backend, model);
  }

  /**
   * A run from its first step, with initial weights drawn from the seed.
   *
   * @param backend stays the caller's to close
   * @throws InvalidConfigException when specification and token set do not fit
   */
  public static TrainingSession start(TrainingSpec spec, TokenSet tokens, Backend backend) {
    TrainingSession session = new TrainingSession(spec, tokens, backend);
    ModelFamilies.of(spec.model()).initialise(session.model, backend, spec.seed());
    return session;
  }

  /**
   * A run from a checkpoint on. Steps, optimizer settings and intervals may differ from the
   * checkpoint's; model, batch and seed may not.
   *
   * @throws IOException when the checkpoint cannot be read
   * @throws InvalidConfigException when the specification asks for another run
   */
  public static TrainingSession resume(
      Path checkpoint, TrainingSpec spec, TokenSet tokens, Backend backend) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(checkpoint);
    TrainingState state = TrainingState.read(folder.trainingState());
    requireSameRun(state.spec(), spec);
    TrainingSession session = new TrainingSession(spec, tokens, backend);
    try {
      SessionFiles.readModel(checkpoint, backend, session.model);
      SessionFiles.readMoments(folder, backend, session.update);
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
    session.watch = DivergenceWatch.of(state.losses());
    session.cursor = state.cursor();
    session.step = state.step();
    return session;
  }

  /** The memory that a session takes, without taking it. */
  public static MemoryPlan plan(TrainingSpec spec, Backend backend) {
    MemoryPlan plan = new MemoryPlan("training");
    long parameters = spec.model().parameterCount();
    plan.add("parameters", parameters);
    plan.add("gradients", parameters);
    plan.add("first moments", parameters);
    plan.add("second moments", parameters);
    if (backend.compute() != ElementType.F32) {
      plan.add("rounded parameters", backend.compute(), parameters);
    }
    plan.include(
        ModelFamilies.of(spec.model())
            .plan(
                backend.attention().chunk(),
                backend.compute(),
                TrainingShape.of(spec.batch().sequences(), spec.batch().sequenceLength())));
    return plan;
  }

  public MemoryPlan plan() {
    return plan(spec, backend);
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
    BatchSpec shape = spec.batch();
    Batch batch = sampler.batch(cursor, shape.sequences());
    backend.clear(model.gradients().all());
    BatchLoss loss =
        model.forwardBackward(
            batch.inputs(), batch.targets(), shape.sequences(), shape.sequenceLength());
    double norm = update.gradientNorm();
    Optional<String> reason = watch.observe(loss.mean(), norm);
    if (reason.isPresent()) {
      throw new DivergedException(number, reason.get());
    }
    double learningRate = spec.optimizer().learningRate(number, spec.steps());
    double clip = ParameterUpdate.clipFactor(spec.optimizer().clip(), norm);
    update.apply(spec.optimizer(), learningRate, number, clip);
    step = number;
    cursor = cursor.advance(shape.sequences());
    double seconds = (System.nanoTime() - started) * 1e-9;
    return new StepReport(number, loss.mean(), norm, learningRate, loss.targets(), seconds);
  }

  /** Whether the token set has anything to {@link #evaluate} on. */
  public boolean hasHeldout() {
    return tokens.heldout().size() > 1;
  }

  /**
   * Mean nats per held-out token, over as many as the specification says; every window of a batch's
   * sequence length starts from nothing.
   *
   * @throws IllegalStateException without {@link #hasHeldout}
   */
  public synchronized double evaluate() {
    if (!hasHeldout()) {
      throw new IllegalStateException("the token set has no held-out tokens");
    }
    return new HeldoutLoss(model, tokens.heldout(), spec.batch())
        .mean(spec.evaluation().maxTokens());
  }

  /**
   * Writes model, configuration, tokenizer, moments and state into a folder, which is made if it is
   * not there. The manifest, which makes a checkpoint of it, is the caller's to write last.
   */
  public synchronized void writeCheckpoint(Path dir) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(Files.createDirectories(dir));
    SessionFiles.writeModel(folder, backend, model);
    SessionFiles.writeMoments(folder, backend, update);
    tokens.tokenizer().writeTo(dir);
    new TrainingState(step, cursor, watch.memory(), spec).write(folder.trainingState());
  }

  private static void requireVocabulary(TrainingSpec spec, TokenSet tokens) {
    int vocabulary = tokens.header().vocabSize();
    if (spec.model().vocabSize() < vocabulary) {
      throw new InvalidConfigException(
          "model.vocab_size",
          "is %d, but the token set has %d tokens".formatted(spec.model().vocabSize(), vocabulary));
    }
  }

  private static void requireSameRun(TrainingSpec before, TrainingSpec now) {
    SpecFields check = new SpecFields();
    check.require("model", before.model().equals(now.model()), "differs from the checkpoint's");
    check.require("batch", before.batch().equals(now.batch()), "differs from the checkpoint's");
    check.require("seed", before.seed() == now.seed(), "differs from the checkpoint's");
    check.done();
  }

  @Override
  public synchronized void close() {
    update.close();
    model.close();
  }
}
