package org.transnormer.cleaning.kit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * corpus-service and trainer-service as this service sees them. The trainer really trains: the
 * model library writes the checkpoint that scores the documents.
 */
public final class Neighbours implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ObjectStore store;
  private final Path scratch;
  private final HttpServer server;
  private final Map<String, RealCorpus> corpora = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> runs = new ConcurrentHashMap<>();
  private final Map<String, String> keys = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> checkpoints = new ConcurrentHashMap<>();
  private final Map<Query, List<String>> referrers = new ConcurrentHashMap<>();
  private final Map<Query, String> presence = new ConcurrentHashMap<>();
  private final List<JsonNode> orders = new ArrayList<>();
  private volatile boolean failing;
  private volatile boolean away;
  private volatile boolean patient = true;

  public Neighbours(ObjectStore store, Path scratch) throws IOException {
    this.store = store;
    this.scratch = scratch;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public void add(String corpusId, RealCorpus corpus) {
    corpora.put(corpusId, corpus);
  }

  /** The next training run fails. */
  public void failTraining() {
    failing = true;
  }

  /** trainer-service answers nothing but 503, or answers again. */
  public void away(boolean value) {
    away = value;
  }

  /** Training runs wait before they train, or go on. */
  public void hold(boolean value) {
    patient = !value;
  }

  /** What was ordered from the trainer. */
  public synchronized List<JsonNode> orders() {
    return List.copyOf(orders);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String[] parts = path.split("/", -1);
      if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
        answer(exchange, 401, null);
      } else if (path.startsWith("/api/v1/training-runs")
          || path.startsWith("/api/v1/checkpoints")) {
        trainer(exchange, parts);
      } else if (path.equals("/internal/v1/references")) {
        answer(exchange, 200, referrers(Query.of(exchange)));
      } else if (path.equals("/internal/v1/presence")) {
        answer(exchange, 200, presence(Query.of(exchange)));
      } else if (path.startsWith("/internal/v1/corpora/")) {
        RealCorpus corpus = corpora.get(parts[4]);
        answer(exchange, corpus == null ? 404 : 200, corpus == null ? null : shards(corpus));
      } else if (path.startsWith("/api/v1/corpora/")) {
        answer(exchange, corpora.containsKey(parts[4]) ? 200 : 404, JSON.createObjectNode());
      } else {
        answer(exchange, 404, null);
      }
    }
  }

  /** Which thing is asked for. */
  private record Query(String kind, String id) {
    static Query of(HttpExchange exchange) {
      String[] parts = exchange.getRequestURI().getQuery().split("[=&]", -1);
      return new Query(parts[1], parts[3]);
    }
  }

  private JsonNode referrers(Query thing) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode list = answer.putArray("referrers");
    referrers.getOrDefault(thing, List.of()).forEach(list::add);
    return answer;
  }

  private JsonNode presence(Query thing) {
    String known =
        thing.kind.equals("corpus") && !corpora.containsKey(thing.id) ? "unknown" : "present";
    return JSON.createObjectNode().put("presence", presence.getOrDefault(thing, known));
  }

  /** From now on these, in words, refer to a thing of cleaning-service. */
  public void refer(String kind, String id, String... words) {
    referrers.put(new Query(kind, id), List.of(words));
  }

  /** From now on the catalogue says this of a snapshot: present, discarded or unknown. */
  public void snapshot(String id, String said) {
    presence.put(new Query("snapshot", id), said);
  }

  private static JsonNode shards(RealCorpus corpus) {
    ArrayNode list = JSON.createArrayNode();
    corpus.shards().forEach(shard -> list.add(JSON.valueToTree(shard)));
    return list;
  }

  private void trainer(HttpExchange exchange, String[] parts) throws IOException {
    if (away) {
      answer(exchange, 503, null);
    } else if (parts[3].equals("checkpoints")) {
      answer(exchange, 200, checkpoints.get(parts[4]));
    } else if (exchange.getRequestMethod().equals("POST") && parts.length == 4) {
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      JsonNode order = JSON.readTree(exchange.getRequestBody());
      String id = keys.computeIfAbsent(key, _ -> launch(order));
      answer(exchange, 202, JSON.createObjectNode().put("id", id));
    } else {
      answer(exchange, 200, runs.get(parts[4]));
    }
  }

  private String launch(JsonNode order) {
    String id = "run-" + (runs.size() + 1);
    synchronized (this) {
      orders.add(order);
    }
    runs.put(id, status("running", 0, order.at("/spec/steps").asLong()));
    Thread.ofPlatform().name("fake-trainer").daemon().start(() -> train(id, order));
    return id;
  }

  private static ObjectNode status(String state, long done, long total) {
    ObjectNode run = JSON.createObjectNode();
    run.putObject("status")
        .put("state", state)
        .put("attempt", 1)
        .putObject("progress")
        .put("done", done)
        .put("total", total)
        .put("unit", "steps");
    return run;
  }

  private void train(String id, JsonNode order) {
    try {
      while (!patient) {
        Thread.sleep(20);
      }
      if (failing) {
        failing = false;
        throw new IllegalStateException("diverged: the loss is not a number");
      }
      runs.put(id, trained(id, order.required("spec")));
    } catch (Exception e) {
      ObjectNode failed = status("failed", 0, 1);
      failed.putObject("failure").put("reason", String.valueOf(e.getMessage()));
      runs.put(id, failed);
    }
  }

  private ObjectNode trained(String id, JsonNode spec) throws IOException {
    String tokenSet = spec.at("/data/tokenSetPrefix").asString();
    Path tokens = Manifest.read(store, tokenSet).fetch(store, tokenSet);
    Path folder = Files.createTempDirectory(scratch, "checkpoint-");
    double heldout;
    try (TokenSet set = TokenSet.open(tokens);
        Backend backend = CpuBackend.open(1, false);
        TrainingSession session =
            TrainingSession.start(TrainingSpec.parse(training(spec, set)), set, backend)) {
      while (!session.finished()) {
        session.step();
        runs.put(id, status("running", session.stepsDone(), spec.required("steps").asLong()));
      }
      heldout = session.evaluate();
      session.writeCheckpoint(folder);
    }
    Files.copy(
        tokens.resolve("tokenizer.json"),
        folder.resolve("tokenizer.json"),
        StandardCopyOption.REPLACE_EXISTING);
    String prefix = "checkpoints/" + id + "/a1/step-" + spec.required("steps").asLong();
    ObjectNode checkpoint = JSON.createObjectNode();
    checkpoint.put("id", "checkpoint-" + id).put("runId", id).put("prefix", prefix);
    checkpoint.put("manifestDigest", commit(folder, prefix)).put("heldoutLoss", heldout);
    checkpoints.put("checkpoint-" + id, checkpoint);
    ObjectNode run = status("succeeded", 1, 1);
    run.put("finalCheckpointId", "checkpoint-" + id);
    return run;
  }

  private static ObjectNode training(JsonNode spec, TokenSet set) {
    ObjectNode training = JSON.createObjectNode();
    JsonNode sizes = spec.required("model");
    training.set(
        "model",
        TnlConfig.of(
                set.header().vocabSize(),
                sizes.required("width").asInt(),
                sizes.required("layers").asInt(),
                sizes.required("heads").asInt(),
                sizes.required("gluWidth").asInt(),
                set.header().eosToken())
            .toJson());
    for (String field : List.of("optimizer", "batch", "steps", "seed", "evaluation")) {
      training.set(field, spec.required(field));
    }
    return training;
  }

  private String commit(Path folder, String prefix) throws IOException {
    List<Manifest.Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        try (ObjectWriter out = store.create(prefix + "/" + file.getFileName())) {
          Files.copy(file, out);
          entries.add(Manifest.Entry.of(prefix, out.commit()));
        }
      }
    }
    Manifest manifest = new Manifest(CheckpointFolder.FORMAT, entries, CanonicalJson.object());
    manifest.commit(store, prefix);
    return manifest.digest();
  }

  private static void answer(HttpExchange exchange, int status, @Nullable JsonNode body)
      throws IOException {
    byte[] bytes = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(
        body == null && status == 200 ? 404 : status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Where a service finds its neighbours. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String service : List.of("corpus", "trainer", "cleaning", "inference", "door")) {
      properties.put("tnl.services." + service, url());
    }
    return properties;
  }
}
