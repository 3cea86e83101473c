package org.transnormer.standalone.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much the demo does of each stage; no stage is ever skipped.
 *
 * @param name distinguishes what this plan launches from what the other launches
 * @param includes glob of the files taken from each part of the sample
 * @param recipe cleaning recipe, by name
 * @param vocabulary entries of the tokenizer
 * @param preset named size of the main model
 * @param steps optimizer steps of the main model
 * @param sequences sequences in a step
 * @param sequenceLength tokens in a sequence
 * @param learningRate peak learning rate
 * @param continuation tokens of the sampled continuation
 */
record DemoPlan(
    String name,
    Map<String, String> includes,
    String recipe,
    int vocabulary,
    String preset,
    int steps,
    int sequences,
    int sequenceLength,
    double learningRate,
    int continuation) {

  /** The whole sample: about 6,400 documents, 38 MB, and two minutes of training. */
  static DemoPlan whole() {
    return new DemoPlan(
        "demo",
        Map.of(
            "moby-dick", "data/chapter_*.txt",
            "sotu", "data/*.txt",
            "brown", "c[a-r][0-9][0-9]",
            "spam-assassin", "data/*/*.txt"),
        "demo",
        1024,
        "demo-main",
        1000,
        8,
        128,
        4e-3,
        120);
  }

  /** The same stages on a few hundred documents, for a first look and for the tests. */
  static DemoPlan fast() {
    Map<String, String> includes = new LinkedHashMap<>();
    includes.put("moby-dick", "data/chapter_1*.txt");
    includes.put("sotu", "data/19[6-9]*.txt");
    includes.put("brown", "c[a-b][0-9][0-9]");
    includes.put("spam-assassin", "data/{spam-1,easy-ham-1}/000[0-9]*.txt");
    return new DemoPlan("demo-fast", includes, "demo-fast", 512, "demo-fast", 60, 4, 128, 3e-3, 60);
  }

  Map<String, Object> source(SampleCorpus.Part part, String folder) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("name", part.name());
    source.put("uri", folder);
    source.put("format", format(part));
    source.put("include", includes.get(part.name()));
    source.put("licence", part.licence());
    source.put("provenance", "npm:" + part.npmPackage());
    if (part.name().equals("brown")) {
      source.put("tagged", "word-tag"); // The/at jury/nn said/vbd
    }
    return source;
  }

  private static String format(SampleCorpus.Part part) {
    return part.name().equals("spam-assassin") ? "mail" : "text";
  }

  Map<String, Object> trainingRun(String tokenSetId, String prefix, int vocabSize) {
    return Map.of(
        "name",
        name,
        "purpose",
        "model",
        "spec",
        Map.of(
            "family", "tnl",
            "task", "causal-lm",
            "model", Map.of("preset", preset, "vocabSize", vocabSize),
            "data", Map.of("tokenSetId", tokenSetId, "tokenSetPrefix", prefix),
            "optimizer",
                Map.of("learningRate", learningRate, "warmupSteps", Math.max(5, steps / 20)),
            "batch", Map.of("sequences", sequences, "sequenceLength", sequenceLength),
            "steps", steps,
            "seed", 1,
            "evaluation", Map.of("everySteps", Math.max(20, steps / 8), "maxTokens", 40_000),
            "checkpoints", Map.of("everySteps", Math.max(20, steps / 4), "keep", 2)));
  }

  List<String> prompts() {
    return List.of("The President of the United States", "Call me");
  }
}
