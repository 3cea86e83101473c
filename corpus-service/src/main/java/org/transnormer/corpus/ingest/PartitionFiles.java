package org.transnormer.corpus.ingest;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.store.ObjectStore;
import tools.jackson.databind.json.JsonMapper;

/** The files of one partition as JSON lines. */
public record PartitionFiles(List<PlannedFile> files, byte[] bytes) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Raise it when a reader gives other documents for the same files: what was read before is then
   * read again.
   */
  private static final String READERS = "readers/1\n";

  public static PartitionFiles of(List<PlannedFile> files) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (PlannedFile file : files) {
      lines.writeBytes(JSON.writeValueAsBytes(file));
      lines.write('\n');
    }
    return new PartitionFiles(List.copyOf(files), lines.toByteArray());
  }

  String digest() {
    return Digests.sha256(READERS + Digests.sha256(bytes));
  }

  public static List<PlannedFile> read(ObjectStore store, String key) throws IOException {
    List<PlannedFile> files = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(store.open(key), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        files.add(JSON.readValue(line, PlannedFile.class));
      }
    }
    return files;
  }
}
