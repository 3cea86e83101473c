package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;

/**
 * Lists the files of all sources once and freezes the work: partitions with stable names, their
 * files written down in the store. A restart finds the same partitions.
 */
public final class PlanIngestion {
  private final Ingestions ingestions;
  private final SourceFiles files;
  private final ObjectStore store;
  private final IngestionPlan.Cut cut;
  private final int mostFiles;

  public PlanIngestion(
      Ingestions ingestions,
      SourceFiles files,
      ObjectStore store,
      IngestionPlan.Cut cut,
      int mostFiles) {
    this.ingestions = ingestions;
    this.files = files;
    this.store = store;
    this.cut = cut;
    this.mostFiles = mostFiles;
  }

  /**
   * @throws RefusedSource when a source cannot be listed any more, or holds no file at all
   */
  public void plan(Ingestion ingestion, List<Source> sources) throws IOException, RefusedSource {
    if (ingestion.plannedAt() != null) {
      return;
    }
    List<IngestionPartition> partitions = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      partitions.addAll(plan(ingestion, sources.get(i), "s%03d".formatted(i)));
    }
    ingestions.plan(ingestion.id(), partitions);
  }

  private List<IngestionPartition> plan(Ingestion ingestion, Source source, String label)
      throws IOException, RefusedSource {
    String refusedKey = ingestion.prefix() + "/failures/" + label + "-refused.jsonl";
    try (FailureLog refused = new FailureLog(store, refusedKey)) {
      Found found = new Found(source, refused, mostFiles);
      try {
        files.list(source, found);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      refused.commit();
      if (found.files.isEmpty() && found.refusals == 0) {
        throw new RefusedSource("source " + source.name() + ": no file there is to be read");
      }
      List<IngestionPartition> partitions = new ArrayList<>();
      if (found.refusals > 0) {
        partitions.add(refused(label, source, found.refusals, refusedKey, refused));
      }
      int number = 0;
      for (List<PlannedFile> group : IngestionPlan.partitions(found.files, cut)) {
        partitions.add(freeze(ingestion, source, "%s-p%05d".formatted(label, number++), group));
      }
      return partitions;
    }
  }

  private static IngestionPartition refused(
      String label, Source source, long count, String failuresKey, FailureLog log) {
    PartitionOutcome outcome =
        new PartitionOutcome(count, count, 0, 0, 0, 0, List.of(), log.reasons());
    return new IngestionPartition(
        label + "-refused", source.id(), count, 0, null, "", failuresKey, outcome);
  }

  private IngestionPartition freeze(
      Ingestion ingestion, Source source, String name, List<PlannedFile> group) throws IOException {
    PartitionFiles listed = PartitionFiles.of(group);
    String planKey = ingestion.prefix() + "/plan/" + name + ".jsonl";
    store.put(planKey, listed.bytes());
    String digest = listed.digest();
    long bytes = group.stream().mapToLong(PlannedFile::size).sum();
    return ingestions
        .earlier(source.id(), digest)
        .map(known ->
            new IngestionPartition(
                name,
                source.id(),
                group.size(),
                bytes,
                planKey,
                digest,
                known.failuresKey(),
                known.outcome()))
        .orElseGet(() ->
            new IngestionPartition(
                name,
                source.id(),
                group.size(),
                bytes,
                planKey,
                digest,
                ingestion.prefix() + "/failures/" + name + ".jsonl",
                null));
  }

  private static final class Found implements SourceFiles.Listing {
    private final Source source;
    private final FailureLog log;
    private final int most;
    private final List<PlannedFile> files = new ArrayList<>();
    private long refusals;

    Found(Source source, FailureLog log, int most) {
      this.source = source;
      this.log = log;
      this.most = most;
    }

    @Override
    public void file(PlannedFile file) {
      if (files.size() == most) {
        throw new UncheckedIOException(
            new IOException(
                "source %s has more than %d files: divide it".formatted(source.name(), most)));
      }
      files.add(file);
    }

    @Override
    public void refused(String path, Reason reason, String detail) {
      refusals++;
      try {
        log.add(new Failure(source.name(), path, null, reason, detail));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
