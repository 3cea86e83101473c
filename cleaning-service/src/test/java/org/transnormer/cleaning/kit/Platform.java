package org.transnormer.cleaning.kit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.cleaning.CleaningServiceApplication;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

/** A database schema, a store and neighbours, and the service's processes on them. */
public final class Platform implements AutoCloseable {

  public static final Duration SOON = Duration.ofSeconds(60);
  private static final Set<String> OVER = Set.of("succeeded", "failed", "stopped", "abandoned");

  private final Path folder;
  private final ObjectStore store;
  private final Neighbours neighbours;
  private final IdentityKeys keys;
  private final Map<String, String> properties = new LinkedHashMap<>();
  private final List<ConfigurableApplicationContext> processes = new ArrayList<>();

  public Platform(Path folder) throws IOException {
    this.folder = folder;
    this.store =
        ObjectStore.open(StoreConfig.local(Files.createDirectories(folder.resolve("store"))));
    this.neighbours = new Neighbours(store, Files.createDirectories(folder.resolve("fake")));
    this.keys =
        IdentityKeys.generate(folder.resolve("keys"), "door", "corpus", "cleaning", "trainer");
    properties.putAll(TestInfra.freshProperties());
    properties.putAll(keys.properties("cleaning"));
    properties.putAll(neighbours.properties());
    properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
    properties.put("server.port", "0");
    properties.put("tnl.batch.poll", "100ms");
    properties.put("tnl.retention.keep", "1s");
    properties.put("tnl.retention.sweep", "200ms");
    properties.put("tnl.batch.lease", "3s");
    properties.put("tnl.cleaning.memory", "16MB");
    properties.put("logging.level.root", "warn");
    properties.put("tnl.cleaning.import-roots", folder.resolve("imports").toString());
  }

  private static final class Shared {
    static final Platform PLATFORM = open();
    static final ConfigurableApplicationContext PROCESS =
        PLATFORM.start("shared", "manager,worker");

    private static Platform open() {
      try {
        Path folder = Files.createTempDirectory("tnl-cleaning-it");
        Platform platform = new Platform(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(platform::close, "close-platform"));
        folder.toFile().deleteOnExit();
        return platform;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One platform with one process for all tests that need nothing special. */
  public static Platform shared() {
    return Shared.PLATFORM;
  }

  public static Api sharedApi() {
    return Shared.PLATFORM.api(Shared.PROCESS);
  }

  public static ConfigurableApplicationContext sharedProcess() {
    return Shared.PROCESS;
  }

  public ObjectStore store() {
    return store;
  }

  public Neighbours neighbours() {
    return neighbours;
  }

  public Path folder() {
    return folder;
  }

  /** Properties of a process with its own scratch folder. */
  public Map<String, String> properties(String name, String roles) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put("tnl.scratch", folder.resolve("scratch-" + name).toString());
    all.put("tnl.batch.roles", roles);
    return all;
  }

  public RealCorpus corpus(String id, int shards, int most) throws IOException {
    RealCorpus corpus =
        RealCorpus.write(
            store, Files.createDirectories(folder.resolve("written")), id, shards, most);
    neighbours.add(id, corpus);
    return corpus;
  }

  /** Starts a process in this JVM. */
  public ConfigurableApplicationContext start(String name, String roles) {
    String[] arguments =
        properties(name, roles).entrySet().stream()
            .map(each -> "--" + each.getKey() + "=" + each.getValue())
            .toArray(String[]::new);
    ConfigurableApplicationContext process =
        CleaningServiceApplication.application().run(arguments);
    processes.add(process);
    return process;
  }

  public Api api(ConfigurableApplicationContext process) {
    return api(process, Role.OPERATOR);
  }

  public Api api(ConfigurableApplicationContext process, Role role) {
    int port =
        Objects.requireNonNull(((WebServerApplicationContext) process).getWebServer()).getPort();
    return new Api("http://127.0.0.1:" + port, keys.issuer("door").issue("alice", role, "Alice"));
  }

  /** As another service. */
  public Api neighbour(ConfigurableApplicationContext process) {
    return new Api(api(process).base(), keys.issuer("trainer").ownToken());
  }

  /** Waits until a long resource is over, and requires how. */
  public static JsonNode awaitState(Api api, String path, String state) {
    return awaitState(api, path, state, SOON);
  }

  public static JsonNode awaitState(Api api, String path, String state, Duration patience) {
    await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> OVER.contains(api.get(path).body().at("/status/state").asString("")));
    JsonNode body = api.get(path).body();
    Assertions.assertThat(body.at("/status/state").asString())
        .as(body.toPrettyString())
        .isEqualTo(state);
    return body;
  }

  @Override
  public void close() {
    processes.reversed().forEach(ConfigurableApplicationContext::close);
    neighbours.close();
    store.close();
  }
}
