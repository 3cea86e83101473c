package org.transnormer.standalone.platform;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.embedded.EmbeddedInfra;
import org.transnormer.support.security.IdentityKeys;

/**
 * All services in this JVM, each in its own Spring context, talking HTTP and Kafka as in a cluster.
 *
 * <p>Everything lies in the data folder; a start after a kill goes on with what is there.
 */
public final class Platform implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

  private final PlatformOptions options;
  private final EmbeddedInfra infra;
  private final Map<Service, Integer> ports;
  private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean closing;

  private Platform(PlatformOptions options, EmbeddedInfra infra, Map<Service, Integer> ports) {
    this.options = options;
    this.infra = infra;
    this.ports = ports;
  }

  /**
   * Starts PostgreSQL, Kafka and every service.
   *
   * @throws IOException when something cannot start; what had started is stopped again
   */
  public static Platform start(PlatformOptions options) throws IOException, InterruptedException {
    if (options.port() != 0 && !FreePorts.isFree(options.port())) {
      throw new IOException(
          "port %d is taken; choose another with --port".formatted(options.port()));
    }
    Files.createDirectories(options.data());
    EmbeddedInfra infra = EmbeddedInfra.start(options.data());
    Platform platform = new Platform(options, infra, choosePorts(options.port()));
    Runtime.getRuntime().addShutdownHook(new Thread(platform::close, "stop-platform"));
    try {
      platform.startServices();
      return platform;
    } catch (IOException | RuntimeException | InterruptedException e) {
      platform.close();
      throw e;
    }
  }

  /** Base URL of the page and of the whole API, ending in a slash. */
  public URI door() {
    return URI.create("http://localhost:%d/".formatted(port(Service.DOOR)));
  }

  public Path bootstrapKeyFile() {
    return options.data().resolve("admin.key");
  }

  public String bootstrapKey() throws IOException {
    return Files.readString(bootstrapKeyFile()).strip();
  }

  public Path logs() {
    return options.data().resolve("logs");
  }

  /** Whether it stops or has stopped, so that what talks to it fails for that reason. */
  public synchronized boolean isClosing() {
    return closing;
  }

  /** Returns when the platform is stopped by a signal. */
  public void awaitShutdown() throws InterruptedException {
    closed.await();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
    }
    try {
      stopServices();
      infra.close();
    } finally {
      closed.countDown();
    }
  }

  private void startServices() throws IOException, InterruptedException {
    IdentityKeys keys =
        IdentityKeys.generate(
            options.data().resolve("keys"),
            java.util.Arrays.stream(Service.values())
                .map(Service::identity)
                .toArray(String[]::new));
    try (ExecutorService starters = Executors.newFixedThreadPool(Service.values().length)) {
      Map<Service, Future<ConfigurableApplicationContext>> starting = new LinkedHashMap<>();
      for (Service service : Service.values()) {
        starting.put(service, starters.submit(() -> start(service, keys)));
      }
      IOException failure = null;
      for (Map.Entry<Service, Future<ConfigurableApplicationContext>> each : starting.entrySet()) {
        try {
          contexts.add(each.getValue().get());
        } catch (ExecutionException e) {
          LOG.atError().setCause(e.getCause()).log("{} cannot start", each.getKey().identity());
          failure =
              new IOException(
                  "the %s service cannot start: %s"
                      .formatted(each.getKey().identity(), rootCause(e)),
                  e.getCause());
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private ConfigurableApplicationContext start(Service service, IdentityKeys keys) {
    Thread.currentThread().setContextClassLoader(Platform.class.getClassLoader());
    String[] arguments =
        properties(service, keys).entrySet().stream()
            .map(property -> "--" + property.getKey() + "=" + property.getValue())
            .toArray(String[]::new);
    return service.application().registerShutdownHook(false).run(arguments);
  }

  private Map<String, String> properties(Service service, IdentityKeys keys) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.putAll(infra.springProperties(service.identity()));
    properties.putAll(keys.properties(service.identity()));
    properties.put("server.port", Integer.toString(port(service)));
    properties.put("server.address", "127.0.0.1");
    properties.put("spring.profiles.active", "standalone");
    properties.put("tnl.store.uri", options.storeUri().toString());
    properties.put(
        "tnl.scratch", options.data().resolve("scratch").resolve(service.identity()).toString());
    for (Service other : Service.values()) {
      properties.put("tnl.services." + other.identity(), "http://127.0.0.1:" + port(other));
    }
    switch (service) {
      case CORPUS -> properties.put("tnl.corpus.roots", roots());
      case DOOR -> properties.put("tnl.door.bootstrap-key-file", bootstrapKeyFile().toString());
      case TRAINER -> {
        properties.put("tnl.trainer.checkpoints.import-roots", roots());
        properties.put("tnl.trainer.launcher", "local");
        properties.put("tnl.trainer.local.folder", options.data().resolve("workers").toString());
        if (options.workerThreads() > 0) {
          properties.put(
              "tnl.trainer.local.environment.TNL_THREADS",
              Integer.toString(options.workerThreads()));
        }
      }
      case CLEANING -> properties.put("tnl.cleaning.import-roots", roots());
      case INFERENCE -> {
        // Nothing of its own: what it needs it asks of the others.
      }
    }
    return properties;
  }

  /** Folders that somebody may name, whatever is to be read from there. */
  private String roots() {
    return options.roots().stream().map(Path::toString).collect(Collectors.joining(","));
  }

  private int port(Service service) {
    return java.util.Objects.requireNonNull(ports.get(service));
  }

  private void stopServices() {
    for (ConfigurableApplicationContext context : contexts.reversed()) {
      try {
        context.close();
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("{} did not stop in order", context.getId());
      }
    }
  }

  private static Map<Service, Integer> choosePorts(int doorPort) throws IOException {
    List<Integer> free = FreePorts.take(Service.values().length);
    Map<Service, Integer> ports = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      ports.put(service, free.get(service.ordinal()));
    }
    if (doorPort != 0) {
      ports.put(Service.DOOR, doorPort);
    }
    return ports;
  }

  private static String rootCause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
