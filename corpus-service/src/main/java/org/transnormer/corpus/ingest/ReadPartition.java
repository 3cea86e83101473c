package org.transnormer.corpus.ingest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;

/**
 * Reads the files of one partition, in order, into shards. A file that cannot be read is noted and
 * the next one follows; only what is nobody's file's fault (the store, the disk) ends the
 * partition.
 */
public final class ReadPartition {
  /** Told after each file; may throw to stop. */
  @FunctionalInterface
  public interface Progress<X extends Exception> {
    void file(long files, long bytes, long documents) throws X;
  }

  private final ObjectStore store;
  private final Path scratch;
  private final SourceFiles files;
  private final DocumentReader reader;
  private final long largestFile;
  private final ShardLimits shardLimits;

  public ReadPartition(
      ObjectStore store,
      Path scratch,
      SourceFiles files,
      DocumentReader reader,
      long largestFile,
      ShardLimits shardLimits) {
    this.store = store;
    this.scratch = scratch;
    this.files = files;
    this.reader = reader;
    this.largestFile = largestFile;
    this.shardLimits = shardLimits;
  }

  /**
   * @param failures key of the failure log
   */
  public <X extends Exception> PartitionOutcome read(
      Source source, List<PlannedFile> planned, String failures, Progress<X> progress)
      throws IOException, X {
    try (PartitionWriter writer =
        new PartitionWriter(store, scratch, shardLimits, source, new FailureLog(store, failures))) {
      long bytes = 0;
      for (PlannedFile file : planned) {
        readFile(source, file, writer);
        bytes += file.size();
        FailPoints.hit("ingest.afterFile");
        progress.file(writer.files(), bytes, writer.written());
      }
      return writer.finish(bytes);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void readFile(Source source, PlannedFile file, PartitionWriter writer)
      throws IOException {
    writer.begin(file);
    try {
      if (file.size() > largestFile) {
        throw new RefusedFile(Reason.TOO_LARGE, "more than " + largestFile + " bytes");
      }
      try (InputStream in = new BufferedInputStream(files.open(source, file), 1 << 16)) {
        reader.read(file.path(), in, source.rules(), writer);
      }
    } catch (RefusedFile e) {
      writer.refuseFile(e);
    } catch (RefusedSource e) {
      writer.refuseFile(new RefusedFile(Reason.OUTSIDE_ROOTS, e.detail()));
    }
    writer.end();
  }
}
