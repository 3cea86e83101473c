package org.transnormer.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  @TempDir Path folder;

  @Test
  void saysHowMuchIsMissing() throws IOException {
    FreeSpace.require(folder, 1);
    assertThatThrownBy(() -> FreeSpace.require(folder, Long.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("the disk of .+ is too full: .+ MB are free, .+ MB are needed .+");
  }

  @Test
  void kafkaDoesNotEndTheProcessWithoutAWord() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Halting.class.getName(),
                folder.toString())
            .start();
    String said = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).isEqualTo(Halting.STATUS);
    assertThat(said)
        .contains("Kafka gave up and ends the process (status 7)")
        .contains("MB are free on the disk of " + folder);
  }

  /** A process in which Kafka does what it does when its log's disk fails. */
  static final class Halting {

    static final int STATUS = 7;

    private Halting() {}

    public static void main(String[] args) {
      KafkaExit.announce(Path.of(args[0]));
      Exit.halt(STATUS);
    }
  }
}
