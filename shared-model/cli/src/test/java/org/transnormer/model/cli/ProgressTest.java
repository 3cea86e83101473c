package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {

  @TempDir private Path scratch;

  @Test
  void theEndIsShownOnceHoweverOftenItIsReached() {
    StringWriter shown = new StringWriter();
    try (Progress progress = new Progress(new PrintWriter(shown), "work", 10, false)) {
      for (int done = 1; done <= 1000; done++) {
        progress.at(done, "so far");
      }
    }

    assertThat(shown.toString().lines()).hasSize(2).last().asString().contains("100 %");
  }

  @Test
  void ofCompressedFilesTheBytesOnTheDiskCount() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      lines.append("{\"text\": \"Letter number %d, %d.\"}%n".formatted(i, i * 7919L % 10_007));
    }
    byte[] plain = lines.toString().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(plain);
    }
    Files.write(scratch.resolve("a.jsonl.gz"), gzip.toByteArray());
    Files.write(scratch.resolve("b.jsonl.zst"), Zstd.compress(plain));
    Files.write(scratch.resolve("c.jsonl"), plain);
    TextDocuments documents = TextDocuments.of(List.of(scratch), "text");
    List<Long> read = new ArrayList<>();

    documents.each(document -> read.add(document.read()));

    assertThat(read).isSorted().hasSize(180_000).last().isEqualTo(documents.bytes());
    // What was read of the first file when half of its lines had come.
    assertThat(read.get(30_000)).isBetween(gzip.size() / 3L, gzip.size() * 9L / 10);
  }
}
