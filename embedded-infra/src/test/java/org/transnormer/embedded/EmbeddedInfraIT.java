package org.transnormer.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedInfraIT {

  @TempDir Path folder;

  @Test
  void keepsRowsAndRecordsOverARestart() throws Exception {
    try (EmbeddedInfra infra = EmbeddedInfra.start(folder)) {
      try (Connection connection = connect(infra, infra.postgres().password())) {
        connection.createStatement().execute("create table kept (value text)");
        connection.createStatement().execute("insert into kept values ('yes')");
      }
      send(infra, "kept", "yes");
    }

    try (EmbeddedInfra infra = EmbeddedInfra.start(folder)) {
      try (Connection connection = connect(infra, infra.postgres().password())) {
        var row = connection.createStatement().executeQuery("select value from kept");
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo("yes");
      }
      assertThat(receive(infra, "kept")).containsExactly("yes");
      assertThatThrownBy(() -> EmbeddedInfra.start(folder))
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void refusesAWrongPassword() throws Exception {
    try (PostgresServer postgres = PostgresServer.start(folder, 0)) {
      assertThatThrownBy(() ->
              DriverManager.getConnection(
                  postgres.jdbcUrl(), PostgresServer.USER, "not " + postgres.password()))
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void unpacksAgainWhatWasUnpackedByHalf() throws Exception {
    Path binaries = folder.resolve("binaries");
    Path half = binaries.resolve("PG-cut-off");
    Files.createDirectories(half.resolve("lib"));
    Files.writeString(half.resolve("lib").resolve("libpq.so"), "not all of it");

    try (PostgresServer postgres = PostgresServer.start(folder, 0);
        Stream<Path> unpacked = Files.list(binaries)) {
      assertThat(postgres.port()).isPositive();
      assertThat(unpacked.filter(Files::isDirectory).toList())
          .doesNotContain(half)
          .isNotEmpty()
          .allSatisfy(whole -> assertThat(whole.resolve(PostgresServer.UNPACKED)).exists());
      assertThat(Files.getPosixFilePermissions(binaries))
          .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    }
  }

  @Test
  void endsThePostmasterThatAKilledProcessLeft() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledOwner.class.getName(),
                folder.toString())
            .inheritIO()
            .start();
    assertThat(child.waitFor()).isEqualTo(KilledOwner.STATUS);

    try (PostgresServer next = PostgresServer.start(folder, 0)) {
      assertThat(next.port()).isPositive();
    }
  }

  /** A process that starts PostgreSQL and is gone without a word. */
  static final class KilledOwner {

    static final int STATUS = 9;

    private KilledOwner() {}

    public static void main(String[] args) throws Exception {
      PostgresServer.start(Path.of(args[0]), 0);
      Runtime.getRuntime().halt(STATUS);
    }
  }

  private static Connection connect(EmbeddedInfra infra, String password) throws SQLException {
    return DriverManager.getConnection(infra.postgres().jdbcUrl(), PostgresServer.USER, password);
  }

  private static void send(EmbeddedInfra infra, String topic, String value) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", infra.kafka().bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  private static List<String> receive(EmbeddedInfra infra, String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                infra.kafka().bootstrapServers(),
                "group.id",
                "test",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      for (int i = 0; i < 60; i++) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(500));
        if (!records.isEmpty()) {
          return java.util.stream.StreamSupport.stream(records.spliterator(), false)
              .map(record -> record.value())
              .toList();
        }
      }
      return List.of();
    }
  }
}
