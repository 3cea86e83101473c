package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardWriter;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.corpus.catalogue.DocumentIds;
import org.transnormer.corpus.sources.Source;

/** Gives documents their ids and metadata, fills shards, and keeps account of everything seen. */
final class PartitionWriter implements DocumentSink, AutoCloseable {
  /** Languages come from the documents themselves: a hostile source must not fill the database. */
  private static final int MOST_LANGUAGES = 500;

  private static final String OTHER_LANGUAGES = "other";

  private final ObjectStore store;
  private final Path scratch;
  private final ShardLimits limits;
  private final Source source;
  private final FailureLog failures;
  private final List<CountedShard> shards = new ArrayList<>();
  private final Map<String, Long> languages = new HashMap<>();
  private @Nullable DocumentShardWriter shard;

  private PlannedFile file = new PlannedFile("", 0, "");
  private long inFile;
  private long takenFromFile;
  private boolean fileRefused;

  private long files;
  private long failedFiles;
  private long read;
  private long written;
  private long failed;

  PartitionWriter(
      ObjectStore store, Path scratch, ShardLimits limits, Source source, FailureLog failures) {
    this.store = store;
    this.scratch = scratch;
    this.limits = limits;
    this.source = source;
    this.failures = failures;
  }

  void begin(PlannedFile next) {
    file = next;
    inFile = 0;
    takenFromFile = 0;
    fileRefused = false;
    files++;
  }

  void refuseFile(RefusedFile refused) throws IOException {
    fileRefused = true;
    String kept =
        takenFromFile > 0 ? "; " + takenFromFile + " documents before the damage were kept" : "";
    failures.add(
        new Failure(source.name(), file.path(), null, refused.reason(), refused.detail() + kept));
  }

  void end() {
    if (fileRefused || (inFile > 0 && takenFromFile == 0)) {
      failedFiles++;
    }
  }

  @Override
  public void document(String text, Map<String, String> found) {
    long ordinal = inFile++;
    read++;
    Document document =
        new Document(
            DocumentIds.of(source.name(), file.path(), ordinal, text),
            text,
            source.name(),
            metadata(found));
    try {
      DocumentShardWriter writer = current();
      writer.add(document);
      countLanguage(document);
      written++;
      takenFromFile++;
      if (writer.full()) {
        commitShard(writer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void refused(Reason reason, String detail) {
    long ordinal = inFile++;
    read++;
    failed++;
    try {
      failures.add(new Failure(source.name(), file.path(), ordinal, reason, detail));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a document says of itself wins over what the source says of all, but licence and
   * provenance are the source's unless it names a field for them.
   */
  private Map<String, String> metadata(Map<String, String> found) {
    Map<String, String> all = new HashMap<>(source.metadata());
    all.putAll(found);
    declare(all, found, "licence", source.licence());
    declare(all, found, "provenance", source.provenance());
    all.put("path", file.path());
    return all;
  }

  private void declare(
      Map<String, String> all, Map<String, String> found, String name, @Nullable String declared) {
    boolean fromField = source.rules().fields().containsKey(name) && found.containsKey(name);
    if (!fromField && declared != null) {
      all.put(name, declared);
    } else if (!fromField) {
      all.remove(name);
    }
  }

  private DocumentShardWriter current() throws IOException {
    DocumentShardWriter writer = shard;
    if (writer == null) {
      writer = DocumentShardWriter.create(store, scratch, limits);
      shard = writer;
    }
    return writer;
  }

  private void commitShard(DocumentShardWriter writer) throws IOException {
    try (writer) {
      shards.add(
          new CountedShard(writer.commit("corpora/" + source.corpusId() + "/shards"), languages));
    } finally {
      shard = null;
      languages.clear();
    }
  }

  private void countLanguage(Document document) {
    String named = document.metadata().getOrDefault("language", "");
    boolean kept = languages.containsKey(named) || languages.size() < MOST_LANGUAGES;
    languages.merge(kept ? named : OTHER_LANGUAGES, 1L, Long::sum);
  }

  long files() {
    return files;
  }

  long written() {
    return written;
  }

  PartitionOutcome finish(long bytes) throws IOException {
    DocumentShardWriter writer = shard;
    if (writer != null) {
      commitShard(writer);
    }
    failures.commit();
    return new PartitionOutcome(
        files, failedFiles, bytes, read, written, failed, shards, failures.reasons());
  }

  @Override
  public void close() throws IOException {
    DocumentShardWriter writer = shard;
    if (writer != null) {
      writer.close();
    }
    failures.close();
  }
}
