package org.transnormer.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The test servers from containers; Testcontainers removes them when the JVM ends. */
final class ContainerInfra {
  private static final String POSTGRES_IMAGE = "postgres:18";
  private static final String KAFKA_IMAGE = "apache/kafka:4.2.0";

  private final PostgreSQLContainer postgres = new PostgreSQLContainer(POSTGRES_IMAGE);
  private final KafkaContainer kafka = new KafkaContainer(KAFKA_IMAGE);

  ContainerInfra() {
    postgres.start();
    kafka.start();
  }

  /** Asks for an engine only where there may be one: asking in vain takes a second. */
  static boolean isPossible() {
    boolean engine =
        System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
    return engine && hasTestcontainers() && DockerClientFactory.instance().isDockerAvailable();
  }

  private static boolean hasTestcontainers() {
    String name = "org/testcontainers/kafka/KafkaContainer.class";
    return ContainerInfra.class.getClassLoader().getResource(name) != null;
  }

  Map<String, String> springProperties(String schema) {
    createSchema(schema);
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spring.datasource.url", jdbcUrl() + "?currentSchema=" + schema);
    properties.put("spring.datasource.username", postgres.getUsername());
    properties.put("spring.datasource.password", postgres.getPassword());
    properties.put("spring.kafka.bootstrap-servers", kafka.getBootstrapServers());
    return properties;
  }

  private void createSchema(String schema) {
    try (Connection connection =
            DriverManager.getConnection(jdbcUrl(), postgres.getUsername(), postgres.getPassword());
        var statement = connection.createStatement()) {
      statement.execute("create schema if not exists " + schema);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make schema " + schema, e);
    }
  }

  private String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(
            postgres.getHost(),
            postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
            postgres.getDatabaseName());
  }
}
