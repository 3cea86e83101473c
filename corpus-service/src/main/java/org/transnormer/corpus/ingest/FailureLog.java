package org.transnormer.corpus.ingest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Failures of one partition as JSON lines in the store: there may be as many as documents, and the
 * database holds no row per document. Nothing is written when nothing failed.
 */
public final class FailureLog implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final ObjectStore store;
  private final String key;
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private @Nullable ObjectWriter out;

  public FailureLog(ObjectStore store, String key) {
    this.store = store;
    this.key = key;
  }

  public void add(Failure failure) throws IOException {
    ObjectWriter writer = out;
    if (writer == null) {
      writer = store.create(key);
      out = writer;
    }
    writer.write(JSON.writeValueAsBytes(failure));
    writer.write('\n');
    reasons.merge(failure.reason(), 1L, Long::sum);
  }

  /** How many, by reason. */
  public Map<Reason, Long> reasons() {
    return Map.copyOf(reasons);
  }

  public void commit() throws IOException {
    ObjectWriter writer = out;
    if (writer != null) {
      writer.commit();
    }
  }

  @Override
  public void close() throws IOException {
    ObjectWriter writer = out;
    if (writer != null) {
      writer.close();
    }
  }

  /** A page of what was committed. */
  public static List<Failure> read(ObjectStore store, String key, long from, int limit)
      throws IOException {
    List<Failure> page = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(store.open(key), StandardCharsets.UTF_8))) {
      long number = 0;
      for (String line = lines.readLine();
          line != null && page.size() < limit;
          line = lines.readLine()) {
        if (number++ >= from) {
          page.add(JSON.readValue(line, Failure.class));
        }
      }
    }
    return page;
  }
}
