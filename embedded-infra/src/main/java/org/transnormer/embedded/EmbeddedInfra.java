package org.transnormer.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Both servers together, and what a service needs to be told of them. */
public final class EmbeddedInfra implements AutoCloseable {

  private static final String POSTGRES = "postgresql";

  /** Bytes of a first start: 101 MB of binaries and new databases, and room to begin work. */
  private static final long FIRST = 500_000_000;

  /** Bytes of a start with what is there: a few segments of both logs. */
  private static final long AGAIN = 100_000_000;

  private final FolderLock lock;
  private final PostgresServer postgres;
  private final KafkaServer kafka;

  private EmbeddedInfra(FolderLock lock, PostgresServer postgres, KafkaServer kafka) {
    this.lock = lock;
    this.postgres = postgres;
    this.kafka = kafka;
  }

  /**
   * Starts both side by side, PostgreSQL in {@code folder/postgresql} and Kafka in {@code
   * folder/kafka}. One live process per folder.
   */
  public static EmbeddedInfra start(Path folder) throws IOException {
    FolderLock lock = FolderLock.take(folder);
    try {
      FreeSpace.require(folder, PostgresServer.isFresh(folder.resolve(POSTGRES)) ? FIRST : AGAIN);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    CompletableFuture<KafkaServer> kafka = CompletableFuture.supplyAsync(() -> kafka(folder));
    try {
      PostgresServer postgres = PostgresServer.start(folder.resolve(POSTGRES), 0);
      try {
        return new EmbeddedInfra(lock, postgres, kafka.join());
      } catch (CompletionException e) {
        postgres.close();
        throw new IOException("cannot start Kafka in " + folder, e.getCause());
      }
    } catch (IOException | RuntimeException e) {
      var _ = kafka.whenComplete((started, _) -> closeIfStarted(started));
      lock.close();
      throw e;
    }
  }

  private static KafkaServer kafka(Path folder) {
    try {
      return KafkaServer.start(folder.resolve("kafka"), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void closeIfStarted(@Nullable KafkaServer kafka) {
    if (kafka != null) {
      kafka.close();
    }
  }

  public PostgresServer postgres() {
    return postgres;
  }

  public KafkaServer kafka() {
    return kafka;
  }

  /**
   * Spring properties that point a service here.
   *
   * @param schema of PostgreSQL, the service's own
   */
  public Map<String, String> springProperties(String schema) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spring.datasource.url", postgres.jdbcUrl() + "?currentSchema=" + schema);
    properties.put("spring.datasource.username", PostgresServer.USER);
    properties.put("spring.datasource.password", postgres.password());
    properties.put("spring.flyway.default-schema", schema);
    properties.put("spring.kafka.bootstrap-servers", kafka.bootstrapServers());
    return properties;
  }

  @Override
  public void close() {
    kafka.close();
    postgres.close();
    lock.close();
  }
}
