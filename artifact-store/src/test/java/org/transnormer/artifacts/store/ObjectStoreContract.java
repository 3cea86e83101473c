package org.transnormer.artifacts.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.digest.Digests;

/** What every object store promises; run against each of them. */
abstract class ObjectStoreContract {
  protected ObjectStore store;

  @BeforeEach
  void openTheStore() throws IOException {
    store = openStore();
  }

  abstract ObjectStore openStore() throws IOException;

  @Test
  void readsBackWhatWasCommitted() throws IOException {
    byte[] content = randomBytes(300_000);

    StoredObject stored = store.put("some/folder/object.bin", content);

    assertThat(stored.key()).isEqualTo("some/folder/object.bin");
    assertThat(stored.size()).isEqualTo(content.length);
    assertThat(stored.sha256()).isEqualTo(Digests.sha256(content));
    assertThat(store.readAll(stored.key(), content.length)).isEqualTo(content);
    assertThat(store.stat(stored.key())).hasValue(new ObjectInfo(stored.key(), content.length));
  }

  @Test
  void storesAnEmptyObject() throws IOException {
    StoredObject stored = store.put("empty", new byte[0]);

    assertThat(store.readAll("empty", 10)).isEmpty();
    assertThat(Files.size(store.localCopy(stored))).isZero();
  }

  @Test
  void readsAPart() throws IOException {
    store.put("digits", "0123456789".getBytes(UTF_8));

    try (var in = store.open("digits", 3, 4)) {
      assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("3456");
    }
    try (var in = store.open("digits", 8, 100)) {
      assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("89");
    }
    try (var in = store.open("digits", 50, 5)) {
      assertThat(in.readAllBytes()).isEmpty();
    }
  }

  @Test
  void showsNothingBeforeTheCommit() throws IOException {
    try (ObjectWriter out = store.create("late")) {
      out.write(randomBytes(100));
      assertThat(store.stat("late")).isEmpty();
      assertThat(store.list("")).isEmpty();
      assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store.open("late"));

      out.commit();
    }
    assertThat(store.stat("late")).isPresent();
  }

  @Test
  void forgetsWhatWasNotCommitted() throws IOException {
    store.put("object", "old".getBytes(UTF_8));

    try (ObjectWriter out = store.create("object")) {
      out.write("new".getBytes(UTF_8));
    }

    assertThat(store.readAll("object", 10)).asString(UTF_8).isEqualTo("old");
  }

  @Test
  void replacesAnObject() throws IOException {
    store.put("object", "old".getBytes(UTF_8));

    store.put("object", "newer".getBytes(UTF_8));

    assertThat(store.readAll("object", 10)).asString(UTF_8).isEqualTo("newer");
  }

  @Test
  void listsAFolderInOrderOfKeys() throws IOException {
    for (String key : new String[] {"b/2", "b/1", "bb/3", "a", "b/c/0"}) {
      store.put(key, new byte[] {1});
    }

    assertThat(store.list("b")).extracting(ObjectInfo::key).containsExactly("b/1", "b/2", "b/c/0");
    assertThat(store.list("b/")).hasSize(3);
    assertThat(store.list("")).hasSize(5);
    assertThat(store.list("nothing/here")).isEmpty();
  }

  @Test
  void deletesAnObjectOnce() throws IOException {
    store.put("a/b/c", new byte[] {1});

    store.delete("a/b/c");
    store.delete("a/b/c");

    assertThat(store.stat("a/b/c")).isEmpty();
    store.put("a/b", new byte[] {1});
    assertThat(store.list("")).extracting(ObjectInfo::key).containsExactly("a/b");
  }

  @Test
  void refusesALocalCopyOfAnotherDigest() throws IOException {
    StoredObject stored = store.put("model", "weights".getBytes(UTF_8));
    StoredObject wrong = new StoredObject("model", stored.size(), Digests.sha256("w3ights"));
    StoredObject shorter = new StoredObject("model", stored.size() - 1, stored.sha256());

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> store.localCopy(wrong))
        .withMessageContaining("model");
    assertThat(store.localCopy(stored)).hasContent("weights");
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> store.localCopy(shorter));
  }

  @Test
  void readsNoMoreThanTheLimit() throws IOException {
    store.put("large", new byte[100]);

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> store.readAll("large", 99))
        .withMessageContaining("large");
    assertThat(store.readAll("large", 100)).hasSize(100);
  }

  @Test
  void aWriterIsUsedOnce() throws IOException {
    ObjectWriter out = store.create("once");
    out.commit();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> out.write(1));
    assertThatExceptionOfType(IOException.class).isThrownBy(out::commit);
    out.close();
    assertThat(store.stat("once")).isPresent();
  }

  static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
