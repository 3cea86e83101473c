package org.transnormer.artifacts.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;

class ManifestTest {
  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() throws IOException {
    store = ObjectStore.open(StoreConfig.local(folder));
  }

  @Test
  void readsBackWhatWasCommitted() throws IOException {
    Manifest manifest = artefact("sets/one");

    Manifest read = Manifest.read(store, "sets/one");

    assertThat(read).isEqualTo(manifest);
    assertThat(read.digest()).isEqualTo(manifest.digest());
    read.verify(store, "sets/one");
    assertThat(read.fetch(store, "sets/one")).isEqualTo(folder.toRealPath().resolve("sets/one"));
  }

  @Test
  void equalContentHasEqualBytesWhateverTheOrder() {
    var a = new Manifest.Entry("a", 1, Digests.sha256("a"));
    var b = new Manifest.Entry("b/c", 2, Digests.sha256("b"));
    var one =
        new Manifest("tnl/test/1", List.of(a, b), CanonicalJson.object().put("x", 1).put("y", 2L));
    var two =
        new Manifest("tnl/test/1", List.of(b, a), CanonicalJson.object().put("y", 2).put("x", 1L));

    assertThat(one.digest()).isEqualTo(two.digest());
    assertThat(new String(one.bytes(), UTF_8))
        .startsWith("{\"attributes\":{\"x\":1,\"y\":2},\"format\":\"tnl/test/1\",\"objects\":[");
  }

  @Test
  void anArtefactWithoutManifestDoesNotExist() throws IOException {
    store.put("sets/two/data", new byte[3]);

    assertThatExceptionOfType(NoSuchObjectException.class)
        .isThrownBy(() -> Manifest.read(store, "sets/two"));
  }

  @Test
  void namesTheObjectThatIsDamagedOrMissing() throws IOException {
    Manifest manifest = artefact("sets/one");

    Files.writeString(folder.resolve("sets/one/b.bin"), "BB");
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> manifest.verify(store, "sets/one"))
        .satisfies(e -> assertThat(e.key()).isEqualTo("sets/one/b.bin"));
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> manifest.fetch(store, "sets/one"))
        .satisfies(e -> assertThat(e.key()).isEqualTo("sets/one/b.bin"));

    store.delete("sets/one/a.bin");
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> manifest.verify(store, "sets/one"))
        .satisfies(e -> assertThat(e.key()).isEqualTo("sets/one/a.bin"));
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> manifest.fetch(store, "sets/one"))
        .satisfies(e -> assertThat(e.key()).isEqualTo("sets/one/a.bin"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"format\":\"tnl/test/1\",\"objects\":[],\"attributes\":[]}",
        "{\"format\":\"other\",\"objects\":[],\"attributes\":{}}",
        "{\"attributes\":{},\"format\":\"tnl/test/1\",\"objects\":[]} ",
        "{\"attributes\":{},\"attributes\":{},\"format\":\"tnl/test/1\",\"objects\":[]}",
        "{\"attributes\":{},\"format\":\"tnl/test/1\",\"objects\":[{\"name\":\"../x\",\"sha256\":"
            + "\"0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1}]}",
      })
  void refusesWhatIsNoManifest(String json) throws IOException {
    store.put("bad/manifest.json", json.getBytes(UTF_8));

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> Manifest.read(store, "bad"))
        .withMessageContaining("bad/manifest.json");
  }

  @Test
  void refusesAnotherFormat() throws IOException {
    artefact("sets/one");

    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> Manifest.read(store, "sets/one", "tnl/other/2"))
        .withMessageContaining("tnl/test/1");
  }

  @Test
  void canonicalJsonHasNoNaN() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.bytes(CanonicalJson.object().put("loss", Double.NaN)));
  }

  private Manifest artefact(String prefix) throws IOException {
    var a = store.put(prefix + "/a.bin", "aa".getBytes(UTF_8));
    var b = store.put(prefix + "/b.bin", "bb".getBytes(UTF_8));
    Manifest manifest =
        new Manifest(
            "tnl/test/1",
            List.of(Manifest.Entry.of(prefix, b), Manifest.Entry.of(prefix, a)),
            CanonicalJson.object().put("loss", 3.25).put("step", 7));
    manifest.commit(store, prefix);
    return manifest;
  }
}
