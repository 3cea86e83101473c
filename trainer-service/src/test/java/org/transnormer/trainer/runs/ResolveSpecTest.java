package org.transnormer.trainer.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.toy.ToyConfig;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;
import org.transnormer.trainer.runs.TokenSetNames.Named;
import org.transnormer.trainer.runs.TokenSets.TokenSetFacts;
import tools.jackson.databind.json.JsonMapper;

class ResolveSpecTest {

  private static final TokenSetFacts SET =
      new TokenSetFacts(
          "set-1", "token-sets/set-1", "d".repeat(64), "snap-1", 512, 2, 100_000, 5_000);

  private static final Named MADE = new Named("0199-made", SET.prefix());

  private final ResolveSpec specs = specs(RunLimits.oneRank("buy GPUs"));

  /** One set lies in the store, and people know it as {@link #MADE}. */
  private static ResolveSpec specs(RunLimits limits) {
    return new ResolveSpec(
        prefix -> prefix.equals(SET.prefix()) ? Optional.of(SET) : Optional.empty(),
        id ->
            id.equals(MADE.id()) || id.equals(SET.manifestDigest())
                ? Optional.of(MADE)
                : id.equals("0199-unmade")
                    ? Optional.of(new Named(id, "token-sets/unmade"))
                    : Optional.empty(),
        limits);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tokenSetId\": \"0199-made\"}",
        "{\"tokenSetPrefix\": \"token-sets/set-1\"}",
        "{\"tokenSetId\": \"0199-made\", \"tokenSetPrefix\": \"token-sets/set-1\"}"
      })
  void aTokenSetIsKnownByTheIdUnderWhichItWasMade(String data) {
    RunSpec.Data resolved = specs.resolve(overriding("\"data\": " + data)).data();

    assertThat(resolved.tokenSetId()).isEqualTo("0199-made");
    assertThat(resolved.tokenSetPrefix()).isEqualTo(SET.prefix());
    assertThat(resolved.tokenSetDigest()).isEqualTo(SET.manifestDigest());
  }

  @ParameterizedTest
  @CsvSource({
    "0199-other, there is no token set 0199-other",
    "0199-unmade, token set 0199-unmade lies at token-sets/unmade"
  })
  void refusesAnIdThatIsNotOfThePrefix(String id, String detail) {
    InvalidSpecException refused =
        refused(
            overriding(
                "\"data\": {\"tokenSetId\": \"%s\", \"tokenSetPrefix\": \"token-sets/set-1\"}"
                    .formatted(id)));

    assertThat(refused.faults()).containsExactly(new Fault("/spec/data/tokenSetId", detail));
  }

  @Test
  void saysThatATokenSetIsNotMadeYet() {
    InvalidSpecException refused =
        refused(overriding("\"data\": {\"tokenSetId\": \"0199-unmade\"}"));

    assertThat(refused.faults())
        .containsExactly(
            new Fault("/spec/data/tokenSetId", "token set 0199-unmade is not made yet"));
  }

  @Test
  void givesMoreRanksOnlyWhereTheyCanWorkTogether() {
    SpecForm two = overriding("\"ranks\": 2");

    assertThat(refused(two).faults())
        .singleElement()
        .satisfies(fault -> {
          assertThat(fault.pointer()).isEqualTo("/spec/ranks");
          assertThat(fault.detail()).contains("where each has a GPU").contains("buy GPUs");
        });
    assertThat(specs(new RunLimits(2, "")).resolve(two).ranks()).isEqualTo(2);
  }

  @Test
  void ranksDivideTheWorkAsTheyAreTold() {
    ResolveSpec eight = specs(new RunLimits(8, ""));
    SpecForm form =
        overriding(
            """
            "ranks": 8, "batch": {"sequences": 4, "sequenceLength": 64},
            "division": {"tensorRanks": 2, "sharding": "everything"}
            """);

    RunSpec spec = eight.resolve(form);

    assertThat(spec.division()).isEqualTo(new Division(1, 2, Sharding.EVERYTHING));
    assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
    assertThat(spec.division().environment())
        .containsEntry("TNL_TENSOR_RANKS", "2")
        .containsEntry("TNL_SEQUENCE_RANKS", "1")
        .containsEntry("TNL_SHARDING", "everything");
    SpecForm silent = overriding("\"ranks\": 8, \"batch\": {\"sequences\": 8}");
    assertThat(eight.resolve(silent).division()).isEqualTo(Division.BATCH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"tensorRanks\": 3| /spec/division",
        "\"tensorRanks\": 16| /spec/division/tensorRanks",
        "\"tensorRanks\": 8| /spec/model/heads",
        "\"sequenceRanks\": 0| /spec/division/sequenceRanks",
        "\"sharding\": \"some\"| /spec/division/sharding"
      })
  void namesWhatCannotBeDivided(String field, String pointer) {
    SpecForm form = overriding("\"ranks\": 8, \"division\": {%s}".formatted(field));

    InvalidSpecException refused =
        catchThrowableOfType(
            InvalidSpecException.class, () -> specs(new RunLimits(8, "")).resolve(form));

    assertThat(refused.faults()).extracting(Fault::pointer).contains(pointer);
  }

  @Test
  void moreRanksThanCanShareAreRefused() {
    SpecForm form = overriding("\"ranks\": 128, \"batch\": {\"sequences\": 128}");

    InvalidSpecException refused =
        catchThrowableOfType(
            InvalidSpecException.class, () -> specs(new RunLimits(128, "")).resolve(form));

    assertThat(refused.faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.detail()).contains("at most 64 can"));
  }

  @Test
  void fillsInEveryDefault() {
    RunSpec spec =
        specs.resolve(
            form(
                """
                {"model": {"width": 64, "layers": 2, "heads": 4},
                 "data": {"tokenSetId": "set-1"}, "steps": 10}
                """));

    TnlConfig model = (TnlConfig) spec.model();
    assertThat(model.vocabSize()).isEqualTo(512);
    assertThat(model.eosToken()).isEqualTo(2);
    assertThat(model.gluWidth()).isEqualTo(TnlConfig.releasedGluWidth(64));
    assertThat(spec.data().snapshotId()).isEqualTo("snap-1");
    assertThat(spec.ranks()).isEqualTo(1);
  }

  @Test
  void aPresetGivesTheSizesAndAFieldBesideItOverridesOne() {
    RunSpec spec =
        specs.resolve(
            form(
                """
                {"model": {"preset": "demo-main", "layers": 3},
                 "data": {"tokenSetPrefix": "token-sets/set-1"}, "steps": 10}
                """));

    TnlConfig model = (TnlConfig) spec.model();
    assertThat(model.width()).isEqualTo(192);
    assertThat(model.layers()).isEqualTo(3);
  }

  @Test
  void readsBackWhatItWrites() {
    RunSpec spec =
        specs.resolve(
            form(
                valid(
                    """
                    "threads": 2, "objective": {"zLoss": 1e-4, "isolateDocuments": true,
                    "ignoreTokens": [0]},
                    """)));

    assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
  }

  @Test
  void aShownSpecificationCanBeSentBack() {
    RunSpec spec = specs.resolve(form(valid("")));

    SpecForm again = form(SpecJson.write(spec).toString());

    assertThat(specs.resolve(again)).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"family\": \"gpt\"| /spec/family",
        "\"task\": \"classification\"| /spec/task",
        "\"model\": {\"width\": 64, \"layers\": 2, \"heads\": 5}| /spec/model/heads",
        "\"model\": {\"width\": 64, \"layers\": 2}| /spec/model/heads",
        "\"model\": {\"preset\": \"huge\"}| /spec/model/preset",
        "\"model\": {\"width\":64,\"layers\":2,\"heads\":4,\"vocabSize\":99}| /spec/model/vocabSize",
        "\"model\": {\"width\":64,\"layers\":2,\"heads\":4,\"eosToken\":512}| /spec/model/eosToken",
        "\"data\": {}| /spec/data",
        "\"data\": {\"tokenSetId\": \"other\"}| /spec/data/tokenSetId",
        "\"data\": {\"tokenSetPrefix\": \"../x\"}| /spec/data/tokenSetPrefix",
        "\"optimizer\": {\"learningRate\": -1}| /spec/optimizer/learningRate",
        "\"optimizer\": {\"schedule\": \"steps\"}| /spec/optimizer/schedule",
        "\"optimizer\": {\"warmupSteps\": 11}| /spec/optimizer/warmupSteps",
        "\"batch\": {\"sequences\": 0}| /spec/batch/sequences",
        "\"batch\": {\"microSequences\": -1}| /spec/batch/microSequences",
        "\"objective\": {\"zLoss\": -1}| /spec/objective/zLoss",
        "\"optimizer\": {\"decayPower\": 0}| /spec/optimizer/decayPower",
        "\"batch\": {\"sequenceLength\": 100000}| /spec/batch/sequenceLength",
        "\"steps\": 0| /spec/steps",
        "\"evaluation\": {\"everySteps\": -1}| /spec/evaluation/everySteps",
        "\"checkpoints\": {\"keep\": -1}| /spec/checkpoints/keep",
        "\"checkpoints\": {\"keepEvery\": -1}| /spec/checkpoints/keepEvery",
        "\"ranks\": 0| /spec/ranks",
        "\"threads\": 0| /spec/threads",
      })
  void namesWhatCannotBeTrained(String field, String pointer) {
    InvalidSpecException refused = refused(overriding(field));

    assertThat(refused.faults()).extracting(Fault::pointer).contains(pointer);
  }

  @Test
  void namesEveryFaultAtOnce() {
    InvalidSpecException refused =
        refused(
            form(
                """
                {"model": {"width": 64, "layers": 0, "heads": 5},
                 "data": {"tokenSetId": "set-1"},
                 "optimizer": {"learningRate": 0}}
                """));

    assertThat(refused.faults())
        .extracting(Fault::pointer)
        .containsExactlyInAnyOrder(
            "/spec/model/layers",
            "/spec/model/heads",
            "/spec/optimizer/learningRate",
            "/spec/steps");
  }

  private static SpecForm toy(String model, String more) {
    return form(
        """
        {"family": "toy", "model": {%s}, "data": {"tokenSetId": "set-1"}, "steps": 10%s}
        """
            .formatted(model, more));
  }

  /** Its sizes are its own, and nothing here knows them. */
  @Test
  void anotherFamilyIsSpecifiedByWhatItSays() {
    RunSpec spec = specs.resolve(toy("\"preset\": \"toy-16\", \"factor\": 3", ""));

    assertThat(spec.family()).isEqualTo("toy");
    assertThat(spec.model()).isEqualTo(new ToyConfig(512, 16, 3, 2));
    assertThat(SpecJson.read(SpecJson.write(spec))).isEqualTo(spec);
    assertThat(SpecJson.write(spec).path("model").path("factor").intValue()).isEqualTo(3);
    assertThat(specs.resolve(form(SpecJson.write(spec).toString()))).isEqualTo(spec);
    SpecForm wider = form("{\"model\": {\"width\": 24}}");
    assertThat(specs.resolve(SpecMerge.merge(spec, wider)).model())
        .isEqualTo(new ToyConfig(512, 24, 3, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"width\": 0| ''| /spec/model/width",
        "\"width\": 16, \"factor\": 9| ''| /spec/model/factor",
        "\"preset\": \"demo-main\"| ''| /spec/model/preset",
        "\"width\": 16| , \"ranks\": 2, \"division\": {\"tensorRanks\": 2}| /spec/model/width"
      })
  void anotherFamilySaysWhatItCannot(String model, String more, String pointer) {
    InvalidSpecException refused =
        catchThrowableOfType(
            InvalidSpecException.class,
            () -> specs(new RunLimits(8, "")).resolve(toy(model, more)));

    assertThat(refused.faults()).extracting(Fault::pointer).containsExactly(pointer);
  }

  @Test
  void sizesThatAFamilyDoesNotKnowAreRefused() {
    SpecForm form = overriding("\"model\": {\"width\":64,\"layers\":2,\"heads\":4,\"factor\":2}");

    assertThat(refused(form).faults())
        .containsExactly(new Fault("/spec/model/factor", "is not known here"));
  }

  private InvalidSpecException refused(SpecForm form) {
    return catchThrowableOfType(InvalidSpecException.class, () -> specs.resolve(form));
  }

  /** A valid form in which one field is another. */
  private static SpecForm overriding(String field) {
    JsonMapper json = JsonMapper.builder().build();
    var valid = (tools.jackson.databind.node.ObjectNode) json.readTree(valid(""));
    valid.setAll((tools.jackson.databind.node.ObjectNode) json.readTree("{" + field + "}"));
    return json.treeToValue(valid, SpecForm.class);
  }

  private static String valid(String more) {
    return """
    {%s "family": "tnl", "task": "causal-lm",
     "model": {"width": 64, "layers": 2, "heads": 4},
     "data": {"tokenSetId": "set-1", "tokenSetPrefix": "token-sets/set-1"},
     "optimizer": {"learningRate": 0.003, "schedule": "linear", "warmupSteps": 3},
     "batch": {"sequences": 4, "sequenceLength": 128}, "steps": 10, "seed": 7,
     "evaluation": {"everySteps": 5, "maxTokens": 1000},
     "checkpoints": {"everySteps": 5, "keep": 2, "keepEvery": 10}}
    """
        .formatted(more);
  }

  private static SpecForm form(String json) {
    return JsonMapper.builder()
        .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build()
        .readValue(json, SpecForm.class);
  }
}
