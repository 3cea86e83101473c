package org.transnormer.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;

/** The service on embedded PostgreSQL and Kafka, started once for all tests of the module. */
public final class RunningService {
  private static final class Holder {
    private static final RunningService SERVICE = new RunningService();
  }

  private final Path folder;
  private final IdentityKeys keys;
  private final FakeNeighbours neighbours;
  private final Map<String, Object> properties = new HashMap<>();
  private final ConfigurableApplicationContext context;

  private RunningService() {
    try {
      folder = Files.createTempDirectory("corpus-it").toRealPath();
      keys = IdentityKeys.generate(folder.resolve("keys"), "door", "corpus", "cleaning");
      neighbours = new FakeNeighbours();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    properties.putAll(TestInfra.freshProperties());
    properties.putAll(keys.properties("corpus"));
    properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
    properties.put("tnl.scratch", folder.resolve("scratch").toString());
    properties.put("tnl.corpus.roots", root().toString());
    properties.put("tnl.corpus.ingest.partition-size", "4KB");
    properties.put("tnl.corpus.ingest.longest-line", "64KB");
    properties.put("tnl.corpus.ingest.largest-document", "64KB");
    properties.put("tnl.retention.keep", "1s");
    properties.put("tnl.retention.sweep", "200ms");
    properties.put("tnl.batch.poll", "100ms");
    properties.put("tnl.services.cleaning", neighbours.url());
    properties.put("tnl.services.trainer", neighbours.url());
    properties.put("server.port", "0");
    context = start(Map.of());
  }

  public static RunningService get() {
    return Holder.SERVICE;
  }

  /** Another process of the service beside the first. */
  public ConfigurableApplicationContext start(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(properties);
    all.putAll(more);
    return CorpusServiceApplication.application().properties(all).run();
  }

  public FakeNeighbours neighbours() {
    return neighbours;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** The only root that the service may read. */
  public Path root() {
    try {
      return Files.createDirectories(folder.resolve("in"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Beside the root. */
  public Path outside() {
    return folder;
  }

  public Api as(Role role) {
    String name = role.text();
    String issuer = role == Role.SERVICE ? "cleaning" : "door";
    String token =
        role == Role.SERVICE
            ? keys.issuer(issuer).ownToken()
            : keys.issuer(issuer).issue("key-of-" + name, role, name);
    return new Api(base(), token);
  }

  /** The service's own address. */
  public String base() {
    return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  public Api anonymous() {
    return new Api(base(), "");
  }
}
