package org.transnormer.trainer.runs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.FamilyProvider;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.ObjectiveSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;
import org.transnormer.trainer.runs.RunSpec.Task;
import org.transnormer.trainer.runs.TokenSets.TokenSetFacts;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns what somebody wrote into a specification that can be trained, or says all that is wrong.
 */
public final class ResolveSpec {

  private static final int MOST_RANKS = 4096;
  private static final int MOST_THREADS = 4096;

  /** What a model's form says beside sizes. */
  private static final Set<String> OF_NO_FAMILY = Set.of("preset", "parameters");

  private static final int SEQUENCES = 8;
  private static final int SEQUENCE_LENGTH = 256;

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
    FamilyProvider family = family(faults, form.family());
    Task task = word(faults, Task.class, "/spec/task", form.task(), Task.CAUSAL_LM);
    int ranks = Math.max(1, ranks(faults, form.ranks()));
    if (form.threads() != null) {
      between(faults, "/spec/threads", form.threads(), MOST_THREADS);
    }
    Optional<TokenSetFacts> data = this.data.resolve(faults, form.data());
    @Nullable ModelConfig model = model(faults, family, form.model(), data);
    @Nullable OptimizerSpec optimizer = optimizer(faults, form.optimizer());
    @Nullable BatchSpec batch = batch(faults, form.batch(), data);
    long steps = steps(faults, form.steps(), optimizer);
    @Nullable EvalSpec evaluation = evaluation(faults, form.evaluation());
    @Nullable ObjectiveSpec objective = objective(faults, form.objective());
    @Nullable CheckpointSpec checkpoints = checkpoints(faults, form.checkpoints());
    long keepEvery = keepEvery(faults, form.checkpoints());
    Optional<Division> division = division(faults, form.division(), ranks);
    if (batch != null && model != null && division.isPresent()) {
      new DivisionFaults(faults, division.get(), ranks).look(batch);
      int tensorRanks = division.get().tensorRanks();
      ModelFamily made = family.of(model);
      checked(faults, family, () -> made.layout(tensorRanks));
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
        family.id(),
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

  private static FamilyProvider family(List<Fault> faults, @Nullable String form) {
    Optional<FamilyProvider> given = Optional.ofNullable(form).flatMap(ModelFamilies::named);
    if (form != null && given.isEmpty()) {
      faults.add(new Fault("/spec/family", oneOf(ModelFamilies.ids(), form)));
    }
    return given.or(() -> ModelFamilies.named(ModelFamilies.USUAL)).orElseThrow();
  }

  private static @Nullable ModelConfig model(
      List<Fault> faults,
      FamilyProvider family,
      SpecForm.@Nullable Model form,
      Optional<TokenSetFacts> data) {
    if (form == null) {
      faults.add(new Fault("/spec/model", "is missing: give a preset, or sizes"));
      return null;
    }
    ObjectNode sizes = JsonMapper.shared().createObjectNode();
    if (form.preset() != null) {
      Map<String, ObjectNode> presets = family.presets();
      @Nullable ObjectNode preset = presets.get(form.preset());
      if (preset == null) {
        faults.add(new Fault("/spec/model/preset", oneOf(presets.keySet(), form.preset())));
        return null;
      }
      sizes.setAll(preset);
    }
    ObjectNode given = JsonMapper.shared().valueToTree(form);
    given.properties().stream()
        .filter(size -> !size.getValue().isNull() && !OF_NO_FAMILY.contains(size.getKey()))
        .forEach(size -> sizes.set(size.getKey(), size.getValue()));
    if (data.isEmpty()) {
      return null;
    }
    TokenSetFacts set = data.get();
    if (form.vocabSize() != null && form.vocabSize() != set.vocabSize()) {
      faults.add(
          new Fault(
              "/spec/model/vocabSize",
              "must be %d as in the token set, is %d"
                  .formatted(set.vocabSize(), form.vocabSize())));
    }
    sizes.putIfAbsent("vocabSize", IntNode.valueOf(set.vocabSize()));
    sizes.putIfAbsent("eosToken", IntNode.valueOf(set.eosToken()));
    @Nullable ModelConfig config = checked(faults, family, () -> family.ofSizes(sizes));
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
    return checked(faults, pointer, Map.of(), value);
  }

  /** The same of a model's sizes. */
  private static <T> @Nullable T checked(
      List<Fault> faults, FamilyProvider family, Supplier<T> value) {
    return checked(faults, "/spec/model/", family.sizeNames(), value);
  }

  private static <T> @Nullable T checked(
      List<Fault> faults, String pointer, Map<String, String> names, Supplier<T> value) {
    try {
      return value.get();
    } catch (InvalidConfigException e) {
      for (FieldError error : e.errors()) {
        String field = names.getOrDefault(error.field(), error.field());
        faults.add(new Fault(pointer + field, error.detail()));
      }
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
      List<String> words = Arrays.stream(type.getEnumConstants()).map(RunSpec::word).toList();
      faults.add(new Fault(pointer, oneOf(words, word)));
    }
    return constant.orElse(absent);
  }

  private static String oneOf(Collection<String> words, String word) {
    return "must be one of %s, is \"%s\"".formatted(String.join(", ", words), word);
  }

  private static int between(List<Fault> faults, String pointer, int value, int most) {
    if (value < 1 || value > most) {
      faults.add(new Fault(pointer, "must be between 1 and %d, is %d".formatted(most, value)));
    }
    return value;
  }

  private static <T> T or(@Nullable T given, T absent) {
    return given == null ? absent : given;
  }
}
