package org.transnormer.door.lineage;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import org.transnormer.support.problems.NotFoundProblem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** From an answer back to the documents that its model was trained on, by asking each owner. */
public final class AnswerLineage {
  private static final int SAMPLES = 5;
  private static final int EXCERPT = 400;

  private final Questions questions;

  public AnswerLineage(Questions questions) {
    this.questions = questions;
  }

  /**
   * @param trail from the answer to its sources
   * @param documents a sample of what was trained on
   */
  public record Lineage(String answerId, List<Step> trail, List<SampleDocument> documents) {}

  /**
   * @param verdict the cleaning run's; absent when it could not be asked
   */
  public record SampleDocument(
      String id, @Nullable String source, @Nullable String excerpt, @Nullable JsonNode verdict) {}

  public Lineage of(String answerId) {
    Reply reply = questions.get(Part.INFERENCE, "/api/v1/answers/" + answerId);
    if (reply instanceof Reply.Refused(int status, String _) && status == 404) {
      throw new NotFoundProblem("answer", answerId);
    }
    return new Walk(answerId).from(reply);
  }

  /** One walk along the chain; what an owner does not tell is looked for with the next. */
  private final class Walk {
    private final String answerId;
    private final List<Step> trail = new ArrayList<>();

    Walk(String answerId) {
      this.answerId = answerId;
    }

    Lineage from(Reply reply) {
      JsonNode answer = reply.found().orElse(MissingNode.getInstance());
      trail.add(
          Step.of("answer", answerId)
              .fact("prompt tokens", answer, "/tokens/prompt")
              .fact("completion tokens", answer, "/tokens/completion")
              .fact("caller", answer, "/caller")
              .without(reply.missing().orElse(null)));
      Json.text(answer, "/deployment")
          .ifPresent(name ->
              trail.add(Step.of("deployment", name).titled(name).at("/playground?model=" + name)));
      JsonNode checkpoint = checkpoint(Json.text(answer, "/checkpointId"));
      Optional<String> runId = Json.text(checkpoint, "/runId");
      JsonNode run = run(runId);
      JsonNode tokens = tokenSet(either(checkpoint, "/tokenSetId", run, "/spec/data/tokenSetId"));
      JsonNode snapshot =
          snapshot(
              either(checkpoint, "/snapshotId", run, "/spec/data/snapshotId")
                  .or(() -> Json.text(tokens, "/snapshotId")));
      Optional<String> cleaningId = Json.text(snapshot, "/cleaningRunId");
      JsonNode cleaning = cleaning(cleaningId);
      Optional<String> corpusId = either(snapshot, "/corpusId", cleaning, "/corpusId");
      corpus(corpusId, snapshot);
      Set<String> ids = trainedOn(runId, Json.number(checkpoint, "/step").orElse(1L));
      return new Lineage(answerId, trail, samples(ids, cleaningId));
    }

    private Optional<String> either(JsonNode one, String at, JsonNode other, String there) {
      return Json.text(one, at).or(() -> Json.text(other, there));
    }

    private JsonNode checkpoint(Optional<String> id) {
      return step(
          id,
          Part.TRAINER,
          "/api/v1/checkpoints/",
          (checkpoint, step) ->
              step.titled(Json.number(checkpoint, "/step").map(n -> "step " + n).orElse(step.id()))
                  .at("/checkpoints/" + step.id())
                  .fact("held-out loss", checkpoint, "/heldoutLoss")
                  .fact("manifest", checkpoint, "/manifestDigest"),
          "checkpoint");
    }

    private JsonNode run(Optional<String> id) {
      return step(
          id,
          Part.TRAINER,
          "/api/v1/training-runs/",
          (run, step) ->
              step.titled(Json.text(run, "/name").orElse(step.id()))
                  .at("/training/" + step.id())
                  .fact(
                      "attempts",
                      run.path("attempts").isArray() ? run.path("attempts").size() : null)
                  .fact("launched by", run, "/launchedBy"),
          "training-run");
    }

    private JsonNode tokenSet(Optional<String> id) {
      return step(
          id,
          Part.CLEANING,
          "/api/v1/token-sets/",
          (tokens, step) ->
              step.fact("train tokens", tokens, "/tokens/train")
                  .fact("vocabulary", tokens, "/vocabSize"),
          "token-set");
    }

    private JsonNode snapshot(Optional<String> id) {
      return step(
          id,
          Part.CORPUS,
          "/api/v1/snapshots/",
          (snapshot, step) ->
              step.fact("documents", snapshot, "/counts/documents")
                  .fact("train", snapshot, "/counts/train")
                  .fact("held out", snapshot, "/counts/heldout"),
          "snapshot");
    }

    private JsonNode cleaning(Optional<String> id) {
      return step(
          id,
          Part.CLEANING,
          "/api/v1/cleaning-runs/",
          (run, step) ->
              step.titled(
                      "recipe %s v%s"
                          .formatted(
                              Json.text(run, "/recipe/name", "?"),
                              Json.number(run, "/recipe/version").map(String::valueOf).orElse("?")))
                  .at("/cleaning/" + step.id())
                  .fact("documents in", run, "/counts/documents")
                  .fact("kept", run, "/counts/kept"),
          "cleaning-run");
    }

    private void corpus(Optional<String> id, JsonNode snapshot) {
      if (id.isEmpty()) {
        return;
      }
      String path = "/api/v1/corpora/" + id.get();
      var shards = questions.ask(Part.CORPUS, path + "/shards?limit=500");
      var sources = questions.ask(Part.CORPUS, path + "/sources?limit=500");
      List<JsonNode> found = shards.join().items();
      trail.add(
          Step.of("shards", null)
              .titled(
                  Json.number(snapshot, "/counts/shards")
                      .map(n -> n + " shards")
                      .orElse(found.size() + " shards"))
              .fact(
                  "documents",
                  found.stream().mapToLong(each -> each.path("documents").asLong()).sum())
              .without(shards.join().missing().orElse(null)));
      step(
          id,
          Part.CORPUS,
          "/api/v1/corpora/",
          (corpus, step) ->
              step.titled(Json.text(corpus, "/name").orElse(step.id()))
                  .at("/corpora/" + step.id())
                  .fact("documents", corpus, "/counts/documents"),
          "corpus");
      for (JsonNode source : sources.join().items()) {
        trail.add(
            Step.of("source", Json.text(source, "/id").orElse(null))
                .titled(Json.text(source, "/name").orElse(null))
                .at("/corpora/" + id.get() + "?tab=sources")
                .fact("where", source, "/uri")
                .fact("licence", source, "/licence"));
      }
    }

    private JsonNode step(
        Optional<String> id, Part part, String path, Describe describe, String kind) {
      if (id.isEmpty()) {
        return MissingNode.getInstance();
      }
      Reply reply = questions.get(part, path + id.get());
      JsonNode body = reply.found().orElse(MissingNode.getInstance());
      trail.add(describe.as(body, Step.of(kind, id.get())).without(reply.missing().orElse(null)));
      return body;
    }
  }

  private interface Describe {
    Step as(JsonNode body, Step step);
  }

  /** Documents of batches at the beginning, in the middle and at the end of what was trained. */
  private Set<String> trainedOn(Optional<String> runId, long lastStep) {
    Set<String> ids = new LinkedHashSet<>();
    if (runId.isEmpty()) {
      return ids;
    }
    Stream.of(1L, Math.max(1, lastStep / 2), Math.max(1, lastStep))
        .distinct()
        .map(step ->
            questions.ask(
                Part.TRAINER,
                "/api/v1/training-runs/%s/steps/%d/documents".formatted(runId.get(), step)))
        .toList()
        .forEach(asked ->
            asked.join().found().stream()
                .flatMap(AnswerLineage::documentsOf)
                .limit(2)
                .forEach(ids::add));
    return ids;
  }

  private static Stream<String> documentsOf(JsonNode batch) {
    return batch.path("documents").valueStream().flatMap(each -> Json.text(each, "/id").stream());
  }

  private List<SampleDocument> samples(Set<String> ids, Optional<String> cleaningId) {
    return ids.stream()
        .map(id -> sample(id, cleaningId))
        .flatMap(Optional::stream)
        .limit(SAMPLES)
        .toList();
  }

  /** A document that the cleaning run kept. */
  private Optional<SampleDocument> sample(String id, Optional<String> cleaningId) {
    var document = questions.ask(Part.CORPUS, "/api/v1/documents/" + id);
    JsonNode verdict =
        cleaningId
            .map(run ->
                questions.get(
                    Part.CLEANING, "/api/v1/cleaning-runs/%s/verdicts/%s".formatted(run, id)))
            .flatMap(Reply::found)
            .orElse(null);
    if (verdict != null && !verdict.path("kept").asBoolean(true)) {
      return Optional.empty();
    }
    JsonNode found = document.join().found().orElse(MissingNode.getInstance());
    return Optional.of(
        new SampleDocument(
            id,
            Json.text(found, "/source").orElse(null),
            Json.text(found, "/text")
                .map(text -> text.substring(0, Math.min(EXCERPT, text.length())))
                .orElse(null),
            verdict));
  }
}
