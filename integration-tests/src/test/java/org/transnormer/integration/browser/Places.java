package org.transnormer.integration.browser;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Every place of the page, and what must be read there after the demo, as REST tells it. */
final class Places {
  private final Rest rest;

  Places(Rest rest) {
    this.rest = rest;
  }

  record Place(String name, String path, List<String> shows) {
    @Override
    public String toString() {
      return name;
    }
  }

  Stream<Place> all() {
    return Stream.of(data(), models(), operations()).flatMap(List::stream);
  }

  private List<Place> data() {
    JsonNode run = cleaningRun();
    JsonNode corpus = rest.get("/api/v1/corpora/" + run.path("corpusId").asString());
    String corpusPath = "/corpora/" + corpus.path("id").asString();
    String documents = count(corpus.at("/counts/documents").asLong());
    String runPath = "/cleaning/" + run.path("id").asString();
    JsonNode drop = commonestDrop();
    JsonNode sample =
        first(
            "/api/v1/cleaning-runs/%s/samples?reason=%s"
                .formatted(run.path("id").asString(), drop.path("reason").asString()),
            "");
    String document = sample.path("documentId").asString(sample.path("id").asString(""));
    String name = corpus.path("name").asString();
    String kept = count(run.at("/counts/kept").asLong());
    String reason = drop.path("reason").asString().replace('-', ' ').replace('_', ' ');
    return List.of(
        overview(),
        place("corpora", "/corpora", name, documents),
        place("corpus", corpusPath, name, documents, "Document"),
        place("corpus-sources", corpusPath + "?tab=sources", "By source", "By licence", "file:/"),
        place("corpus-ingestions", corpusPath + "?tab=ingestions", "succeeded", documents),
        place("corpus-snapshots", corpusPath + "?tab=snapshots", kept),
        place("document", "/documents/" + document, "dropped at", reason, "Limit", "recipe"),
        place("cleaning", "/cleaning", name, kept, "succeeded"),
        place("recipes", "/cleaning?tab=recipes", "standard", "demo"),
        place(
            "cleaning-run",
            runPath,
            documents,
            kept,
            reason,
            count(drop.path("documents").asLong()),
            "Self-cleaning round",
            "launched by",
            "start"),
        place("review", "/review?run=" + run.path("id").asString(), "Why it was drawn", "1 of "));
  }

  private List<Place> models() {
    JsonNode model = modelRun();
    String runPath = "/training/" + model.path("id").asString();
    JsonNode checkpoint = first("/api/v1/checkpoints?run=" + model.path("id").asString(), "");
    String name = model.path("name").asString();
    String steps = count(model.at("/latest/step").asLong());
    return List.of(
        place("training", "/training", name, "evaluation of", "succeeded"),
        place("training-run", runPath, name, "Held-out loss", steps + " of " + steps, "best"),
        place("training-step", runPath + "?step=5", "Step 5", "Documents of this batch", "tokens"),
        place("training-attempts", runPath + "?tab=attempts", "From step"),
        place("training-history", runPath + "?tab=history", "Who did what", "start"),
        place("training-log", runPath + "?tab=log", "step 1 of"),
        place("training-spec", runPath + "?tab=spec", "model.width", "optimizer.learningRate"),
        place("checkpoints", "/checkpoints", "Aliases", "Held-out loss"),
        place(
            "checkpoint",
            "/checkpoints/" + checkpoint.path("id").asString(),
            "what it was made from",
            name,
            "snapshot",
            "vocabulary"),
        place("playground", "/playground", "Temperature", "Continue"));
  }

  private List<Place> operations() {
    JsonNode job = first("/api/v1/jobs", "cleaning");
    return List.of(
        place("jobs", "/jobs", "Ingestion", "Cleaning", "succeeded"),
        place(
            "job",
            "/jobs/" + job.path("id").asString(),
            "Annotate",
            "When each step ran",
            "Who did what"),
        place("system", "/system", "corpus", "inference", "request body", "25."),
        place("dead-letters", "/system?tab=dead-letters", "no consumer could take"));
  }

  List<Place> forAdmins(String someKey) {
    return List.of(
        place("keys", "/system?tab=keys", "New key", someKey, "operator", "Revoke"),
        place(
            "audit",
            "/system?tab=audit",
            "Who did what",
            someKey,
            "session open",
            "deployment put"));
  }

  /** Of the corpus that the overview follows. */
  private Place overview() {
    JsonNode river = rest.get("/api/v1/overview").path("river");
    return place(
        "overview",
        "/",
        river.at("/corpus/name").asString(),
        count(river.at("/cleaningRun/counts/documents").asLong()),
        count(river.at("/cleaningRun/counts/kept").asLong()),
        "to train on",
        "serving");
  }

  /** The demo's: the oldest, since tests may start others. */
  JsonNode cleaningRun() {
    return oldest("/api/v1/cleaning-runs?limit=100");
  }

  private JsonNode oldest(String path) {
    return rest.get(path)
        .path("items")
        .valueStream()
        .reduce((_, older) -> older)
        .orElseThrow(() -> new AssertionError("nothing at " + path));
  }

  JsonNode commonestDrop() {
    return cleaningRun()
        .path("drops")
        .valueStream()
        .max(Comparator.comparing(each -> each.path("documents").asLong()))
        .orElseThrow();
  }

  /** The demo's, again the oldest. */
  JsonNode modelRun() {
    return rest.get("/api/v1/training-runs?limit=100")
        .path("items")
        .valueStream()
        .filter(run -> run.path("purpose").asString().equals("model"))
        .reduce((_, older) -> older)
        .orElseThrow();
  }

  /** The first item, by name when one is given. */
  private JsonNode first(String path, String name) {
    return rest.get(path)
        .path("items")
        .valueStream()
        .filter(item -> name.isEmpty() || item.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing at " + path));
  }

  private static Place place(String name, String path, String... shows) {
    return new Place(name, path, List.of(shows));
  }

  private static String count(long n) {
    return String.format(Locale.UK, "%,d", n);
  }
}
