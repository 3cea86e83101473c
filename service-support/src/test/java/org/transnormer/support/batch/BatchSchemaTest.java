package org.transnormer.support.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BatchSchemaTest {
  private static final String OURS = "/db/support-batch/V2__spring_batch.sql";
  private static final String THEIRS = "/org/springframework/batch/core/schema-postgresql.sql";

  @Test
  void isThatOfTheLibraryInUse() throws IOException {
    assertThat(statements(OURS)).isEqualTo(statements(THEIRS));
  }

  /** Without comments, and with all white space alike. */
  private static String statements(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(BatchSchemaTest.class.getResourceAsStream(resource), resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replaceAll("--[^\n]*", "")
          .replaceAll("\\s+", " ")
          .replaceAll(" ?([(),;]) ?", "$1")
          .toLowerCase(java.util.Locale.ROOT)
          .strip();
    }
  }
}
