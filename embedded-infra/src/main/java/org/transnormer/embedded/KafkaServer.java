package org.transnormer.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.metadata.storage.FormatterException;

/**
 * One Kafka broker and controller (KRaft) inside the JVM; its log survives restarts.
 *
 * <p>Built on Kafka's server classes, which are not a public API: the Kafka version is pinned.
 */
public final class KafkaServer implements AutoCloseable {

  private static final int NODE = 1;
  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaRaftServer server;
  private final String bootstrap;

  private KafkaServer(KafkaRaftServer server, String bootstrap) {
    this.server = server;
    this.bootstrap = bootstrap;
  }

  /** Starts on the loopback interface. */
  public static KafkaServer start(Path folder, int port) throws IOException {
    int actual = port == 0 ? freePort() : port;
    return start(folder, actual, "127.0.0.1", "127.0.0.1");
  }

  /**
   * Starts, or goes on with the log of an earlier start.
   *
   * @param listen address to bind, such as {@code 0.0.0.0}
   * @param advertised host name that clients connect to
   */
  public static KafkaServer start(Path folder, int port, String listen, String advertised)
      throws IOException {
    int controllerPort = freePort();
    Path log = folder.resolve("log");
    format(log);
    KafkaExit.announce(folder);
    KafkaRaftServer server =
        new KafkaRaftServer(
            new KafkaConfig(settings(log, port, listen, advertised, controllerPort), false),
            Time.SYSTEM);
    server.startup();
    return new KafkaServer(server, advertised + ":" + port);
  }

  public String bootstrapServers() {
    return bootstrap;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path log) throws IOException {
    if (Files.exists(log.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(log);
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(NODE)
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(log.toString())
          .addDirectory(log.toString())
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, US_ASCII))
          .run();
    } catch (FormatterException e) {
      throw new IOException("cannot prepare Kafka's log in " + log, e);
    } catch (Exception e) { // Formatter.run declares Exception
      throw new IOException("cannot prepare Kafka's log in " + log, e);
    }
  }

  private static Map<String, String> settings(
      Path log, int port, String listen, String advertised, int controllerPort) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE));
    settings.put("log.dirs", log.toString());
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,%s://127.0.0.1:%d".formatted(listen, port, CONTROLLER, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(advertised, port));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("controller.quorum.voters", "%d@127.0.0.1:%d".formatted(NODE, controllerPort));
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("num.partitions", "4");
    settings.put("auto.create.topics.enable", "true");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A killed JVM's registration must run out quickly, or the next start waits for it.
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    return settings;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
