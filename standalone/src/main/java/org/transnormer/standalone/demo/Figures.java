package org.transnormer.standalone.demo;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * What the stages measured, and the summary told from it. Every figure was read from the platform.
 */
final class Figures {

  private static final double NATS_UNDER_UNIGRAM = 2.0;
  private static final int EXCERPT = 60;

  JsonNode ingestion = MissingNode.getInstance();
  JsonNode cleaning = MissingNode.getInstance();
  JsonNode tokenSet = MissingNode.getInstance();
  JsonNode training = MissingNode.getInstance();
  JsonNode lineage = MissingNode.getInstance();
  String answerId = "";
  String prompt = "";
  String continuation = "";
  int generatedTokens;
  double generationSeconds;

  double heldOutLoss() {
    return training.path("latest").path("heldoutLoss").asDouble(Double.NaN);
  }

  double unigramEntropy() {
    return tokenSet.path("statistics").path("unigramEntropyNats").asDouble(Double.NaN);
  }

  double kneserNey() {
    return tokenSet.path("statistics").path("kneserNeyBigramHeldoutNats").asDouble(Double.NaN);
  }

  boolean wellUnderUnigram() {
    return heldOutLoss() <= unigramEntropy() - NATS_UNDER_UNIGRAM;
  }

  boolean underBigram() {
    return heldOutLoss() < kneserNey();
  }

  String summary() {
    List<String> lines = new ArrayList<>();
    JsonNode counts = ingestion.path("counts");
    row(lines, "documents in", "%,d".formatted(counts.path("documents").asLong()));
    for (JsonNode drop : cleaning.path("drops")) {
      row(
          lines,
          "  dropped",
          "%,7d  %s: %s"
              .formatted(
                  drop.path("documents").asLong(),
                  drop.path("stage").asString(""),
                  drop.path("reason").asString("")));
    }
    JsonNode duplicates = cleaning.path("duplicates");
    row(
        lines,
        "duplicate clusters",
        "%,d exact, %,d near, %,d documents in them"
            .formatted(
                duplicates.path("exactClusters").asLong(),
                duplicates.path("nearClusters").asLong(),
                duplicates.path("clusteredDocuments").asLong()));
    JsonNode round = cleaning.path("round");
    row(
        lines,
        "self-cleaning round",
        "%,d documents scored by run %s, %,d unscored, cut %s"
            .formatted(
                round.path("scored").asLong(),
                round.path("evaluationRunId").asString("none"),
                round.path("unscored").asLong(),
                round.has("threshold")
                    ? "at %.3f nats/token".formatted(round.path("threshold").asDouble())
                    : "by a percentile of each source"));
    JsonNode review = cleaning.path("review");
    row(
        lines,
        "review queue",
        "%,d sampled near the cut, %,d of them accepted automatically: nobody has read them"
            .formatted(
                review.path("pending").asLong()
                    + review.path("accepted").asLong()
                    + review.path("rejected").asLong()
                    + review.path("autoAccepted").asLong(),
                review.path("autoAccepted").asLong()));
    row(lines, "snapshot", cleaning.path("snapshotId").asString("none"));
    JsonNode tokens = tokenSet.path("tokens");
    row(
        lines,
        "tokens",
        "%,d train, %,d held out, vocabulary %,d"
            .formatted(
                tokens.path("train").asLong(),
                tokens.path("heldout").asLong(),
                tokenSet.path("vocabSize").asInt()));
    JsonNode latest = training.path("latest");
    row(
        lines,
        "training",
        "%,d steps, loss %.3f -> %.3f, %,.0f tokens/s"
            .formatted(
                latest.path("step").asLong(),
                training.path("first").path("loss").asDouble(Double.NaN),
                latest.path("loss").asDouble(Double.NaN),
                latest.path("tokensPerSecond").asDouble(Double.NaN)));
    row(
        lines,
        "held-out loss",
        "%.3f nats/token; unigram entropy %.3f (%s); Kneser-Ney bigram %.3f (%s)"
            .formatted(
                heldOutLoss(),
                unigramEntropy(),
                wellUnderUnigram() ? "at least 2 nats under it" : "NOT 2 nats under it",
                kneserNey(),
                underBigram() ? "under it" : "NOT under it"));
    row(
        lines,
        "generation",
        "%d tokens, %,.0f tokens/s"
            .formatted(generatedTokens, generatedTokens / generationSeconds));
    lines.add("");
    lines.add("  " + prompt + continuation.replace("\n", "\n  "));
    lines.add("");
    lines.add("  The way back from answer " + answerId + ":");
    trail(lines);
    return String.join("\n", lines);
  }

  private void trail(List<String> lines) {
    for (JsonNode step : lineage.path("trail")) {
      String id = step.path("id").asString("");
      String summary = step.path("summary").asString("");
      row(
          lines,
          "  " + step.path("kind").asString(""),
          summary.startsWith(id) ? summary : id + "  " + summary);
    }
    for (JsonNode document : lineage.path("documents")) {
      row(
          lines,
          "  document",
          "%s  %s, %s: %s"
              .formatted(
                  document.path("id").asString(""),
                  document.path("source").asString("source unknown"),
                  document.path("verdict").path("kept").asBoolean(false) ? "kept" : "no verdict",
                  beginning(document.path("excerpt").asString(""))));
    }
  }

  private static String beginning(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= EXCERPT ? line : line.substring(0, EXCERPT) + "…";
  }

  private static void row(List<String> lines, String name, String value) {
    lines.add("  %-20s %s".formatted(name, value));
  }
}
