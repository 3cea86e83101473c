package org.transnormer.trainer.runs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.ObjectiveSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;
import org.transnormer.trainer.runs.RunSpec.Family;
import org.transnormer.trainer.runs.RunSpec.Task;
import org.transnormer.trainer.runs.TokenSets.TokenSetFacts;

/**
 * Turns what somebody wrote into a specification that can be trained, or says all that is wrong.
 */
public final class ResolveSpec {

  private static final int MOST_RANKS = 4096;
  private static final int MOST_THREADS = 4096;

  private static final int SEQUENCES = 8;
  private static final int SEQUENCE_LENGTH = 256;

  /** How the model library names a field, and how a specification does. */
  private static final Map<String, String> MODEL_FIELDS =
      Map.ofEntries(
          Map.entry("vocab_size", "vocabSize"),
          Map.entry("decoder_embed_dim", "width"),
          Map.entry("decoder_layers", "layers"),
          Map.entry("decoder_attention_heads", "heads"),
          Map.entry("glu_dim", "gluWidth"),
          Map.entry("no_scale_embedding", "scaleEmbedding"),
          Map.entry("linear_use_lrpe_list", "lrpe"),
          Map.entry("linear_act_fun", "activation"),
          Map.entry("init_std", "initStd"),
          Map.entry("pad_token_id", "padToken"),
          Map.entry("bos_token_id", "bosToken"),
          Map.entry("eos_token_id", "eosToken"));

  private final ResolveData data;
  private final RunLimits limits;

  public ResolveSpec(TokenSets tokenSets, TokenSetNames names, RunLimits limits) {
    this.data = new ResolveData(tokenSets, names);
    this.limits = limits;
  }

  /**
   * To be asked after it was announced that a run is going to refer to the token set.
   *
   * @throws InvalidSpecException when it was removed meanwhile
   */
  void requireTokenSet(RunSpec spec) {
    data.requireStillThere(spec.data());
  }

  /**
   * @throws InvalidSpecException with every fault
   */
  public RunSpec resolve(SpecForm form) {
    List<Fault> faults = new ArrayList<>();
    Family family = word(faults, Family.class, "/spec/family", form.family(), Family.TNL);
    Task task = word(faults, Task.class, "/spec/task", form.task(), Task.CAUSAL_LM);
    int ranks = Math.max(1, ranks(faults, form.ranks()));
    if (form.threads() != null) {
      between(faults, "/spec/threads", form.threads(), MOST_THREADS);
    }
    Optional<TokenSetFacts> data = this.data.resolve(faults, form.data());
    @Nullable TnlConfig model = model(faults, form.model(), data);
    @Nullable OptimizerSpec optimizer = optimizer(faults, form.optimizer());
    @Nullable BatchSpec batch = batch(faults, form.batch(), data);
    long steps = steps(faults, form.steps(), optimizer);
    @Nullable EvalSpec evaluation = evaluation(faults, form.evaluation());
    @Nullable ObjectiveSpec objective = objective(faults, form.objective());
    @Nullable CheckpointSpec checkpoints = checkpoints(faults, form.checkpoints());
    long keepEvery = keepEvery(faults, form.checkpoints());
    Optional<Division> division = division(faults, form.division(), ranks);
    if (batch != null && model != null && division.isPresent()) {
      new DivisionFaults(faults, division.get(), ranks).look(batch, model);
    }
    if (!faults.isEmpty()
        || data.isEmpty()
        || model == null
        || optimizer == null
        || batch == null
        || evaluation == null
        || objective == null
        || checkpoints == null
        || division.isEmpty()) {
      throw new InvalidSpecException(faults);
    }
    TrainingSpec training =
        new TrainingSpec(
                model, optimizer, batch, steps, or(form.seed(), 0L), evaluation, checkpoints)
            .withObjective(objective);
    TokenSetFacts set = data.get();
    return new RunSpec(
        family,
        task,
        training,
        new RunSpec.Data(set.id(), set.prefix(), set.manifestDigest(), set.snapshotId()),
        keepEvery,
        ranks,
        division.get(),
        form.threads());
  }

  private int ranks(List<Fault> faults, @Nullable Integer form) {
    int ranks = between(faults, "/spec/ranks", or(form, 1), MOST_RANKS);
    if (ranks > limits.ranks()) {
      faults.add(
          new Fault(
              "/spec/ranks",
              "must be at most %d here, is %d: %s"
                  .formatted(limits.ranks(), ranks, limits.toRaise())));
    }
    return ranks;
  }

  /** Empty where it is at fault, or the ranks are. */
  private static Optional<Division> division(
      List<Fault> faults, SpecForm.@Nullable Division form, int ranks) {
    int before = faults.size();
    SpecForm.Division given = form == null ? new SpecForm.Division(null, null, null) : form;
    Division division =
        new Division(
            between(faults, "/spec/division/sequenceRanks", or(given.sequenceRanks(), 1), ranks),
            between(faults, "/spec/division/tensorRanks", or(given.tensorRanks(), 1), ranks),
            word(
                faults,
                Sharding.class,
                "/spec/division/sharding",
                given.sharding(),
                Division.BATCH.sharding()));
    if (faults.size() == before) {
      division.fault(ranks).ifPresent(fault -> faults.add(new Fault("/spec/division", fault)));
    }
    return faults.size() == before ? Optional.of(division) : Optional.empty();
  }

  private static @Nullable TnlConfig model(
      List<Fault> faults, SpecForm.@Nullable Model form, Optional<TokenSetFacts> data) {
    if (form == null) {
      faults.add(new Fault("/spec/model", "is missing: give a preset, or width, layers and heads"));
      return null;
    }
    Optional<ModelPresets.Sizes> preset = Optional.empty();
    if (form.preset() != null) {
      preset = ModelPresets.named(form.preset());
      if (preset.isEmpty()) {
        faults.add(
            new Fault(
                "/spec/model/preset", "must be one of " + String.join(", ", ModelPresets.names())));
        return null;
      }
    }
    @Nullable Integer width = or(form.width(), preset.map(ModelPresets.Sizes::width));
    @Nullable Integer layers = or(form.layers(), preset.map(ModelPresets.Sizes::layers));
    @Nullable Integer heads = or(form.heads(), preset.map(ModelPresets.Sizes::heads));
    present(faults, "/spec/model/width", width);
    present(faults, "/spec/model/layers", layers);
    present(faults, "/spec/model/heads", heads);
    if (data.isPresent()
        && form.vocabSize() != null
        && form.vocabSize() != data.get().vocabSize()) {
      faults.add(
          new Fault(
              "/spec/model/vocabSize",
              "must be %d as in the token set, is %d"
                  .formatted(data.get().vocabSize(), form.vocabSize())));
    }
    if (width == null || layers == null || heads == null || data.isEmpty()) {
      return null;
    }
    TokenSetFacts set = data.get();
    int vocabSize = or(form.vocabSize(), set.vocabSize());
    int glu =
        Objects.requireNonNullElseGet(
            or(form.gluWidth(), preset.map(ModelPresets.Sizes::gluWidth)),
            () -> width > 0 ? TnlConfig.releasedGluWidth(width) : 1);
    boolean scale =
        or(form.scaleEmbedding(), preset.map(ModelPresets.Sizes::scaleEmbedding).orElse(true));
    String activation =
        or(form.activation(), preset.map(ModelPresets.Sizes::activation).orElse("silu"));
    @Nullable TnlConfig config =
        checked(
            faults,
            "/spec/model/",
            () ->
                new TnlConfig(
                    vocabSize,
                    width,
                    layers,
                    heads,
                    glu,
                    scale,
                    form.lrpe() == null ? TnlConfig.lrpeInFirstLayer(layers) : form.lrpe(),
                    activation,
                    or(form.initStd(), 0.02),
                    or(form.padToken(), TnlConfig.NO_TOKEN),
                    or(form.bosToken(), set.eosToken()),
                    or(form.eosToken(), set.eosToken())));
    if (config != null
        && form.parameters() != null
        && form.parameters() != config.parameterCount()) {
      faults.add(
          new Fault(
              "/spec/model/parameters",
              "the sizes come to %d parameters".formatted(config.parameterCount())));
    }
    return config;
  }

  private static @Nullable OptimizerSpec optimizer(
      List<Fault> faults, SpecForm.@Nullable Optimizer form) {
    OptimizerSpec standard = OptimizerSpec.adamW(1e-3, Schedule.COSINE, 0);
    if (form == null) {
      return standard;
    }
    Schedule schedule =
        word(
            faults,
            Schedule.class,
            "/spec/optimizer/schedule",
            form.schedule(),
            standard.schedule());
    return checked(
        faults,
        "/spec/optimizer/",
        () ->
            new OptimizerSpec(
                or(form.learningRate(), standard.learningRate()),
                schedule,
                or(form.warmupSteps(), standard.warmupSteps()),
                or(form.minLearningRateRatio(), standard.minLearningRateRatio()),
                or(form.weightDecay(), standard.weightDecay()),
                or(form.beta1(), standard.beta1()),
                or(form.beta2(), standard.beta2()),
                or(form.epsilon(), standard.epsilon()),
                or(form.clip(), standard.clip()),
                or(form.warmupStartRatio(), standard.warmupStartRatio()),
                or(form.decayPower(), standard.decayPower())));
  }

  private static @Nullable BatchSpec batch(
      List<Fault> faults, SpecForm.@Nullable Batch form, Optional<TokenSetFacts> data) {
    int sequences = form == null ? SEQUENCES : or(form.sequences(), SEQUENCES);
    int length = form == null ? SEQUENCE_LENGTH : or(form.sequenceLength(), SEQUENCE_LENGTH);
    @Nullable BatchSpec batch =
        checked(
            faults,
            "/spec/batch/",
            () ->
                form == null
                    ? new BatchSpec(sequences, length)
                    : new BatchSpec(
                        sequences,
                        length,
                        or(form.microSequences(), 0),
                        or(form.recompute(), false)));
    if (batch != null && data.isPresent() && data.get().trainTokens() <= length) {
      faults.add(
          new Fault(
              "/spec/batch/sequenceLength",
              "must be below the %d training tokens of the set"
                  .formatted(data.get().trainTokens())));
    }
    return batch;
  }

  private static long steps(
      List<Fault> faults, @Nullable Long form, @Nullable OptimizerSpec optimizer) {
    if (form == null || form < 1) {
      faults.add(new Fault("/spec/steps", form == null ? "is missing" : "must be at least 1"));
      return 1;
    }
    if (optimizer != null && optimizer.warmupSteps() > form) {
      faults.add(
          new Fault(
              "/spec/optimizer/warmupSteps", "must not be above the %d steps".formatted(form)));
    }
    return form;
  }

  private static @Nullable EvalSpec evaluation(
      List<Fault> faults, SpecForm.@Nullable Evaluation form) {
    return checked(
        faults,
        "/spec/evaluation/",
        () ->
            form == null
                ? new EvalSpec(0, 0)
                : new EvalSpec(or(form.everySteps(), 0L), or(form.maxTokens(), 0L)));
  }

  private static @Nullable ObjectiveSpec objective(
      List<Fault> faults, SpecForm.@Nullable Objective form) {
    return checked(
        faults,
        "/spec/objective/",
        () ->
            form == null
                ? ObjectiveSpec.PLAIN
                : new ObjectiveSpec(
                    or(form.zLoss(), 0.0),
                    or(form.isolateDocuments(), false),
                    or(form.ignoreTokens(), List.of())));
  }

  private static @Nullable CheckpointSpec checkpoints(
      List<Fault> faults, SpecForm.@Nullable Checkpointing form) {
    return checked(
        faults,
        "/spec/checkpoints/",
        () ->
            form == null
                ? new CheckpointSpec(0, 0)
                : new CheckpointSpec(or(form.everySteps(), 0L), or(form.keep(), 0)));
  }

  private static long keepEvery(List<Fault> faults, SpecForm.@Nullable Checkpointing form) {
    long keepEvery = form == null ? 0 : or(form.keepEvery(), 0L);
    if (keepEvery < 0) {
      faults.add(new Fault("/spec/checkpoints/keepEvery", "must not be negative"));
    }
    return keepEvery;
  }

  /** The value, or null with its faults noted under the pointer. */
  private static <T> @Nullable T checked(List<Fault> faults, String pointer, Supplier<T> value) {
    try {
      return value.get();
    } catch (InvalidConfigException e) {
      e.errors()
          .forEach(error ->
              faults.add(
                  new Fault(
                      pointer + MODEL_FIELDS.getOrDefault(error.field(), error.field()),
                      error.detail())));
      return null;
    }
  }

  private static <E extends Enum<E>> E word(
      List<Fault> faults, Class<E> type, String pointer, @Nullable String word, E absent) {
    if (word == null) {
      return absent;
    }
    Optional<E> constant = RunSpec.constant(type, word);
    if (constant.isEmpty()) {
      faults.add(
          new Fault(
              pointer,
              "must be one of %s, is \"%s\""
                  .formatted(
                      Arrays.stream(type.getEnumConstants())
                          .map(RunSpec::word)
                          .collect(Collectors.joining(", ")),
                      word)));
    }
    return constant.orElse(absent);
  }

  private static int between(List<Fault> faults, String pointer, int value, int most) {
    if (value < 1 || value > most) {
      faults.add(new Fault(pointer, "must be between 1 and %d, is %d".formatted(most, value)));
    }
    return value;
  }

  private static void present(List<Fault> faults, String pointer, @Nullable Object value) {
    if (value == null) {
      faults.add(new Fault(pointer, "is missing"));
    }
  }

  private static <T> T or(@Nullable T given, T absent) {
    return given == null ? absent : given;
  }

  private static <T> @Nullable T or(@Nullable T given, Optional<T> absent) {
    return given == null ? absent.orElse(null) : given;
  }
}
