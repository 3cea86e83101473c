package org.transnormer.artifacts.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;

/** The contract over HTTP, with signed requests, against an S3-compatible server. */
class S3ObjectStoreTest extends ObjectStoreContract {
  private static final String BUCKET = "artifacts";
  private static S3Proxy server;
  private static BlobStore blobs;

  @TempDir Path cache;

  @BeforeAll
  static void startServer() throws Exception {
    blobs =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .overrides(new Properties())
            .build(BlobStoreContext.class)
            .getBlobStore();
    blobs.createContainerInLocation(null, BUCKET);
    server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
            .build();
    server.start();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.stop();
  }

  @Override
  ObjectStore openStore() throws IOException {
    return open("secret");
  }

  private ObjectStore open(String secret) throws IOException {
    S3Options options =
        new S3Options(
            Optional.of(URI.create("http://127.0.0.1:" + server.getPort())),
            "us-east-1",
            Optional.of("key"),
            Optional.of(secret),
            true);
    URI uri = URI.create("s3://" + BUCKET + "/tests/" + UUID.randomUUID());
    return ObjectStore.open(new StoreConfig(uri, Optional.of(options), cache));
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
    assertThat(blobs.listMultipartUploads(BUCKET)).isEmpty();
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
    ObjectStore stranger = open("wrong");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> stranger.put("some/key", new byte[1]))
        .withMessageContaining("some/key")
        .satisfies(e -> assertThat(e).hasMessageNotContaining("wrong"));
  }
}
