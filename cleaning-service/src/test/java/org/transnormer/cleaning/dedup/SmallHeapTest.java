package org.transnormer.cleaning.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallHeapTest {
  private static final int HEAP_MEGABYTES = 32;

  @TempDir Path folder;

  @Test
  void findsDuplicatesAndDecidesWithAHeapSmallerThanTheData()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEGABYTES + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    String[] lines = output.strip().split("\n");
    String[] found = lines[lines.length - 1].split(" ");
    int documents = SmallHeap.SHARDS * SmallHeap.DOCUMENTS;

    assertThat(found[0]).isEqualTo(String.valueOf(documents / 10));
    assertThat(found[1]).isEqualTo(String.valueOf(documents / 10));
    assertThat(found[2]).isEqualTo(String.valueOf(documents / 10 * 9));
    assertThat(Long.parseLong(found[3])).isGreaterThan(HEAP_MEGABYTES * 1_000_000L * 3 / 2);
  }
}
