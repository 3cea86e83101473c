package org.transnormer.door.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import org.transnormer.support.problems.NotFoundProblem;
import tools.jackson.databind.JsonNode;

/**
 * From a document forth: every verdict, and every snapshot, token set, run and checkpoint it got
 * into.
 */
public final class DocumentLineage {
  private static final int RUNS = 10;

  private final Questions questions;

  public DocumentLineage(Questions questions) {
    this.questions = questions;
  }

  /**
   * @param trail from its source to the checkpoints that were trained on it
   * @param verdicts of the latest cleaning runs of its corpus
   */
  public record Lineage(String documentId, List<Step> trail, List<JsonNode> verdicts) {}

  public Lineage of(String documentId) {
    return switch (questions.get(Part.CORPUS, "/api/v1/documents/" + documentId)) {
      case Reply.Found(JsonNode document) -> new Walk(documentId).from(document);
      case Reply.Refused(int status, String _) when status == 404 ->
          throw new NotFoundProblem("document", documentId);
      case Reply.Refused(int _, String detail) -> missing(documentId, detail);
      case Reply.Away(String why) -> missing(documentId, why);
    };
  }

  private static Lineage missing(String id, String why) {
    return new Lineage(id, List.of(Step.of("document", id).without(why)), List.of());
  }

  /** One walk; the services are asked side by side where nothing depends on the other. */
  private final class Walk {
    private final String id;
    private final List<Step> trail = new ArrayList<>();
    private final List<JsonNode> verdicts = new ArrayList<>();

    Walk(String id) {
      this.id = id;
    }

    Lineage from(JsonNode document) {
      Optional<String> corpusId = Json.text(document, "/corpusId");
      origin(document, corpusId);
      if (corpusId.isPresent()) {
        forth(corpusId.get());
      }
      return new Lineage(id, trail, verdicts);
    }

    private void origin(JsonNode document, Optional<String> corpusId) {
      corpusId.ifPresent(corpus -> {
        Reply reply = questions.get(Part.CORPUS, "/api/v1/corpora/" + corpus);
        trail.add(
            Step.of("corpus", corpus)
                .titled(reply.found().flatMap(each -> Json.text(each, "/name")).orElse(corpus))
                .at("/corpora/" + corpus)
                .without(reply.missing().orElse(null)));
      });
      trail.add(
          Step.of("source", null)
              .titled(Json.text(document, "/source").orElse(null))
              .fact("licence", document, "/metadata/licence")
              .fact("path", document, "/metadata/path"));
      trail.add(
          Step.of("shard", Json.text(document, "/shard/sha256").orElse(null))
              .fact("ordinal", document, "/ordinal"));
      trail.add(Step.of("document", id).at("/documents/" + id));
    }

    private void forth(String corpusId) {
      var snapshots = questions.ask(Part.CORPUS, "/api/v1/snapshots?limit=500&corpus=" + corpusId);
      var tokenSets = questions.ask(Part.CLEANING, "/api/v1/token-sets?limit=500");
      var runs = questions.ask(Part.TRAINER, "/api/v1/training-runs?limit=500");
      var checkpoints = questions.ask(Part.TRAINER, "/api/v1/checkpoints?limit=500");
      Reply cleaning =
          questions.get(
              Part.CLEANING, "/api/v1/cleaning-runs?limit=%d&corpus=%s".formatted(RUNS, corpusId));
      cleaning
          .missing()
          .ifPresent(
              why -> trail.add(Step.of("cleaning-run", null).titled("cleaning").without(why)));
      Set<String> keptBy =
          cleaning.items().stream()
              .filter(run -> Json.text(run, "/corpusId", corpusId).equals(corpusId))
              .filter(this::kept)
              .flatMap(run -> Json.text(run, "/id").stream())
              .collect(Collectors.toSet());
      Set<String> inSnapshots =
          add(
              "snapshot",
              snapshots.join(),
              each -> keptBy.contains(Json.text(each, "/cleaningRunId", "")),
              (each, step) -> step.fact("documents", each, "/counts/documents"));
      Set<String> inTokenSets =
          add(
              "token-set",
              tokenSets.join(),
              each -> inSnapshots.contains(Json.text(each, "/snapshotId", "")),
              (each, step) -> step.fact("train tokens", each, "/tokens/train"));
      Set<String> inRuns =
          add(
              "training-run",
              runs.join(),
              each -> inTokenSets.contains(Json.text(each, "/spec/data/tokenSetId", "")),
              (each, step) ->
                  step.titled(Json.text(each, "/name").orElse(null)).at("/training/" + step.id()));
      add(
          "checkpoint",
          checkpoints.join(),
          each -> inRuns.contains(Json.text(each, "/runId", "")),
          (each, step) ->
              step.titled(Json.number(each, "/step").map(n -> "step " + n).orElse(null))
                  .at("/checkpoints/" + step.id())
                  .fact("held-out loss", each, "/heldoutLoss"));
    }

    /** Notes the verdict of a cleaning run. */
    private boolean kept(JsonNode run) {
      String runId = Json.text(run, "/id", "");
      Reply reply =
          questions.get(Part.CLEANING, "/api/v1/cleaning-runs/%s/verdicts/%s".formatted(runId, id));
      Optional<JsonNode> verdict = reply.found();
      verdict.ifPresent(verdicts::add);
      boolean kept = verdict.map(each -> each.path("kept").asBoolean()).orElse(false);
      trail.add(
          Step.of("cleaning-run", runId)
              .titled("recipe " + Json.text(run, "/recipe/name", "?"))
              .at("/cleaning/" + runId)
              .fact("verdict", verdict.isEmpty() ? null : kept ? "kept" : "dropped")
              .fact("by", verdict.map(each -> Json.figure(each, "/reason")).orElse(null))
              .without(reply.missing().orElse(null)));
      return kept;
    }

    private Set<String> add(String kind, Reply reply, Wanted wanted, Describe describe) {
      reply.missing().ifPresent(why -> trail.add(Step.of(kind, null).titled(kind).without(why)));
      return reply.items().stream()
          .filter(wanted::is)
          .flatMap(each ->
              Json.text(each, "/id")
                  .map(found -> {
                    trail.add(describe.as(each, Step.of(kind, found)));
                    return found;
                  })
                  .stream())
          .collect(Collectors.toSet());
    }
  }

  private interface Wanted {
    boolean is(JsonNode item);
  }

  private interface Describe {
    Step as(JsonNode body, Step step);
  }
}
