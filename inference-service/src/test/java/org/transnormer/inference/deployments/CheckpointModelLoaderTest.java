package org.transnormer.inference.deployments;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.inference.TinyModel;
import org.transnormer.model.lm.LoadOptions;

class CheckpointModelLoaderTest {

  @TempDir private Path folder;

  @Test
  void saysInWordsThatACheckpointHasNoTokenizer() throws Exception {
    TinyModel.write(folder, 1);
    Files.delete(folder.resolve("tokenizer.json"));
    CheckpointModelLoader loader =
        new CheckpointModelLoader(
            new Fetched(folder), LoadOptions.threads(1), 1, 1, InstantSource.system());
    Deployment deployment = new Deployment("x", new Deployment.Target.Checkpoint("c-1"), 1, "me");

    assertThatThrownBy(() -> loader.load(deployment, "c-1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checkpoint c-1 has no tokenizer");
  }

  /** Every checkpoint is this folder. */
  private record Fetched(Path folder) implements CheckpointSource {

    @Override
    public String resolve(Deployment.Target target) {
      return "c-1";
    }

    @Override
    public void require(Deployment.Target target) {}

    @Override
    public Path fetch(String checkpointId) {
      return folder;
    }
  }
}
