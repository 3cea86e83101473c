package org.transnormer.corpus.snapshots.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.corpus.snapshots.WriteExport;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.batch.PartitionStoppedException;

/** What the steps of the job do. */
public final class ExportSteps {
  static final String EXPORT = "export";
  static final String WRITE = "write";

  private static final String NUMBER = "number";

  private final Exports exports;
  private final WriteExport writing;
  private final PartitionResults results;

  public ExportSteps(Exports exports, WriteExport writing, PartitionResults results) {
    this.exports = exports;
    this.writing = writing;
    this.results = results;
  }

  Map<String, Map<String, String>> partitions(JobParameters job) throws IOException {
    Map<String, Map<String, String>> partitions = new LinkedHashMap<>();
    int parts = writing.parts(export(job));
    for (int i = 0; i < parts; i++) {
      partitions.put("p%05d".formatted(i), Map.of(NUMBER, Integer.toString(i)));
    }
    return partitions;
  }

  void write(PartitionContext context) throws IOException, PartitionStoppedException {
    int number = Integer.parseInt(context.parameter(NUMBER));
    WriteExport.Part part =
        writing.part(
            export(context.job()),
            number,
            done -> {
              context.checkStop();
              context.progress(done, 0, "documents");
            });
    context.requireCurrent();
    context.count("written", part.documents());
    context.result("key", part.object().key());
    context.result("size", Long.toString(part.object().size()));
    context.result("sha256", part.object().sha256());
  }

  void seal(JobParameters job, long jobExecutionId) throws IOException {
    Export export = export(job);
    List<WriteExport.Part> parts = new ArrayList<>();
    for (Partition partition : results.of(jobExecutionId, WRITE)) {
      parts.add(part(partition));
    }
    writing.seal(export, parts);
    long documents = parts.stream().mapToLong(WriteExport.Part::documents).sum();
    long bytes = parts.stream().mapToLong(part -> part.object().size()).sum();
    exports.committed(export.id(), documents, bytes);
  }

  private static WriteExport.Part part(Partition partition) {
    Map<String, String> result = partition.results();
    return new WriteExport.Part(
        new StoredObject(
            String.valueOf(result.get("key")),
            Long.parseLong(result.getOrDefault("size", "")),
            String.valueOf(result.get("sha256"))),
        partition.counters().getOrDefault("written", 0L));
  }

  private Export export(JobParameters job) {
    String id = String.valueOf(job.getString(EXPORT));
    return exports
        .find(id)
        .orElseThrow(() -> new IllegalStateException("export " + id + " was deleted"));
  }
}
