package org.transnormer.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoStateTest {

  @TempDir Path folder;

  @Test
  void whatWasNotedIsThereForTheNextRun() throws IOException {
    Path file = folder.resolve("demo.json");
    DemoState.load(file).put("corpus", "c1");
    DemoState.load(file).put("key", "secret");
    assertThat(DemoState.load(file).require("corpus")).isEqualTo("c1");
    assertThat(DemoState.load(file).get("training-run")).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
