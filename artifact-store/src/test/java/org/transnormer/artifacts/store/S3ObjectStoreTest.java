package org.transnormer.artifacts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.s3.S3Server;

/** The contract over HTTP, with signed requests, against an S3-compatible server. */
class S3ObjectStoreTest extends ObjectStoreContract {
  private static S3Server server;

  @TempDir Path cache;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  ObjectStore openStore() throws IOException {
    return ObjectStore.open(server.config("tests/" + UUID.randomUUID(), cache));
  }

  @Test
  void writesALargeObjectInParts() throws IOException {
    byte[] content = randomBytes(20_000_000);

    StoredObject stored = store.put("large", content);

    assertThat(store.stat("large")).hasValue(new ObjectInfo("large", content.length));
    assertThat(Digests.sha256(store.localCopy(stored))).isEqualTo(Digests.sha256(content));
  }

  @Test
  void discardsALargeObjectThatWasNotCommitted() throws IOException {
    try (ObjectWriter out = store.create("large")) {
      out.write(randomBytes(20_000_000));
    }

    assertThat(store.stat("large")).isEmpty();
    assertThat(server.blobs().listMultipartUploads(S3Server.BUCKET)).isEmpty();
  }

  @Test
  void fetchesAnArtefactIntoOneFolderOnce() throws IOException {
    StoredObject data = store.put("set/part/data.bin", randomBytes(1000));
    Manifest manifest =
        new Manifest("tnl/test/1", List.of(Manifest.Entry.of("set", data)), CanonicalJson.object());
    manifest.commit(store, "set");

    Path folder = Manifest.read(store, "set").fetch(store, "set");
    store.delete("set/part/data.bin");

    assertThat(folder.resolve("part/data.bin")).hasBinaryContent(randomBytes(1000));
    assertThat(Manifest.read(folder)).isEqualTo(manifest);
    assertThat(manifest.fetch(store, "set")).isEqualTo(folder);
    try (var files = Files.walk(cache)) {
      assertThat(files.filter(file -> file.toString().contains(".part"))).isEmpty();
    }
  }

  @Test
  void namesTheObjectThatCannotBeReached() throws IOException {
    ObjectStore stranger =
        ObjectStore.open(S3Server.config(server.endpoint(), "wrong", "tests", cache));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> stranger.put("some/key", new byte[1]))
        .withMessageContaining("some/key")
        .satisfies(e -> assertThat(e).hasMessageNotContaining("wrong"));
  }
}
