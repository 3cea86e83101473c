package org.transnormer.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Both servers together, and what a service needs to be told of them. */
public final class EmbeddedInfra implements AutoCloseable {

  private final PostgresServer postgres;
  private final KafkaServer kafka;

  private EmbeddedInfra(PostgresServer postgres, KafkaServer kafka) {
    this.postgres = postgres;
    this.kafka = kafka;
  }

  /** Starts both, PostgreSQL in {@code folder/postgresql} and Kafka in {@code folder/kafka}. */
  public static EmbeddedInfra start(Path folder) throws IOException {
    PostgresServer postgres = PostgresServer.start(folder.resolve("postgresql"), 0);
    try {
      return new EmbeddedInfra(postgres, KafkaServer.start(folder.resolve("kafka"), 0));
    } catch (IOException | RuntimeException e) {
      postgres.close();
      throw e;
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
  }
}
