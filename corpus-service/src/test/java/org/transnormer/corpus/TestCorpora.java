package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.transnormer.support.security.Role;

/** Short cuts through the REST interface. */
final class TestCorpora {
  private TestCorpora() {}

  static String create(String name) {
    Api.Answer created =
        RunningService.get()
            .as(Role.OPERATOR)
            .post("/api/v1/corpora", "{\"name\":\"%s\"}".formatted(name + " " + UUID.randomUUID()));
    assertThat(created.status()).isEqualTo(201);
    return created.text("/id");
  }

  static Path folder() throws IOException {
    return Files.createTempDirectory(RunningService.get().root(), "source");
  }

  /** Adds a source of the folder; {@code more} is put into its JSON. */
  static String source(String corpusId, String name, Path folder, String more) {
    Api.Answer added =
        RunningService.get()
            .as(Role.OPERATOR)
            .post(
                "/api/v1/corpora/" + corpusId + "/sources",
                "{\"name\":\"%s\",\"uri\":\"%s\",\"licence\":\"CC0-1.0\"%s}"
                    .formatted(name, folder.toUri(), more));
    assertThat(added.status()).as(added.body().toString()).isEqualTo(201);
    return added.text("/id");
  }

  /** Reads all sources and waits for the end. */
  static Api.Answer ingest(String corpusId) {
    Api operator = RunningService.get().as(Role.OPERATOR);
    Api.Answer launched = operator.launch("/api/v1/corpora/" + corpusId + "/ingestions", "{}");
    assertThat(launched.status()).as(launched.body().toString()).isEqualTo(202);
    return operator.awaitEnd(launched.header("Location"));
  }
}
