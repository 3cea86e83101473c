package org.transnormer.artifacts.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.digest.Digests;

class LocalObjectStoreTest extends ObjectStoreContract {
  @TempDir Path folder;

  @Override
  ObjectStore openStore() throws IOException {
    return ObjectStore.open(StoreConfig.local(root()));
  }

  private Path root() {
    return folder.resolve("store");
  }

  @Test
  void survivesBeingOpenedAgain() throws IOException {
    store.put("a/b", "text".getBytes(UTF_8));

    ObjectStore again = ObjectStore.open(StoreConfig.local(root()));

    assertThat(again.readAll("a/b", 10)).asString(UTF_8).isEqualTo("text");
  }

  @Test
  void leavesNoFileBehindWhenNotCommitted() throws IOException {
    try (ObjectWriter out = store.create("a/b")) {
      out.write(new byte[1 << 20]);
    }

    try (Stream<Path> files = Files.walk(root())) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        "..",
        "a/../b",
        "a/..",
        ".hidden",
        "a/.b",
        "a b",
        "a\\b",
        "a\u0000b",
        "ä",
        "~/x:y",
        "a\nb"
      })
  void refusesKeysThatCouldLeaveTheFolder(String key) {
    assertThatIllegalArgumentException().isThrownBy(() -> store.create(key));
    assertThatIllegalArgumentException().isThrownBy(() -> store.open(key));
    assertThatIllegalArgumentException().isThrownBy(() -> store.stat(key));
    assertThatIllegalArgumentException().isThrownBy(() -> store.delete(key));
  }

  @Test
  void doesNotFollowALinkedFolderOutOfTheStore() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createSymbolicLink(root().resolve("link"), outside);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.open("link/secret"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.put("link/new", new byte[1]));
    assertThat(outside.resolve("new")).doesNotExist();
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void doesNotFollowALinkedFile() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    Files.createDirectories(root().resolve("a"));
    Files.createSymbolicLink(root().resolve("a/link"), secret);

    assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store.open("a/link"));
    assertThat(store.stat("a/link")).isEmpty();
    store.delete("a/link");
    assertThat(secret).exists();
  }

  @Test
  void handsOutTheFileItself() throws IOException {
    StoredObject stored = store.put("a/b", "text".getBytes(UTF_8));

    assertThat(store.localCopy(stored)).isEqualTo(root().toRealPath().resolve("a/b"));
  }

  @Test
  void noticesAFileThatChangedAfterItWasVerified() throws IOException {
    StoredObject stored = store.put("a/b", "text".getBytes(UTF_8));
    Path file = store.localCopy(stored);

    Files.writeString(file, "next, longer");

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> store.localCopy(stored))
        .withMessageContaining("a/b");
  }

  @Test
  void aFolderIsNotAnObject() throws IOException {
    store.put("a/b", new byte[1]);

    assertThat(store.stat("a")).isEmpty();
    assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store.open("a"));
    store.delete("a");
    assertThat(store.stat("a/b")).isPresent();
  }

  @Test
  void aFullDiskIsAClearFailureAndLeavesNothing() throws IOException {
    try (var disk = SmallDisk.of(64 << 10)) {
      ObjectStore small = LocalObjectStore.open(disk.root());
      small.put("kept", new byte[1000]);

      ObjectWriter out = small.create("kept");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> out.write(new byte[1 << 20]))
          .withMessageContaining("cannot write object kept")
          .withMessageContaining("disk");
      assertThatExceptionOfType(IOException.class).isThrownBy(out::commit);
      out.close();

      assertThat(small.stat("kept")).hasValue(new ObjectInfo("kept", 1000));
      small.put("fits-again", new byte[10_000]);
      assertThat(Digests.sha256(small.open("fits-again"))).hasSize(64);
    }
  }
}
