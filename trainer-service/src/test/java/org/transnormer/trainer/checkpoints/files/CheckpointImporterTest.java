package org.transnormer.trainer.checkpoints.files;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;

class CheckpointImporterTest {

  @TempDir private Path folder;

  @Test
  void aManifestDoesNotOutweighTheCallersDigests() throws Exception {
    try (ObjectStore outside = store("outside");
        ObjectStore store = store("store")) {
      var config = outside.put("model/config.json", "{}".getBytes(StandardCharsets.UTF_8));
      new Manifest(
              CheckpointFolder.FORMAT,
              List.of(Manifest.Entry.of("model", config)),
              CanonicalJson.object())
          .commit(outside, "model");
      CheckpointImporter importer =
          new CheckpointImporter(
              store,
              Optional.empty(),
              folder.resolve("cache"),
              List.of(folder.resolve("outside")),
              folder.resolve("scratch"));
      String uri = folder.resolve("outside/model").toUri().toString();
      String wrong = "0".repeat(64);

      assertThatThrownBy(() -> importer.bring(uri, Map.of("config.json", wrong)))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("config.json has SHA-256 " + config.sha256())
          .hasMessageContaining("instead of " + wrong);
      assertThatThrownBy(() -> importer.bring(uri, Map.of("other.bin", wrong)))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("other.bin is missing");
    }
  }

  private ObjectStore store(String name) throws IOException {
    return ObjectStore.open(StoreConfig.local(Files.createDirectories(folder.resolve(name))));
  }
}
