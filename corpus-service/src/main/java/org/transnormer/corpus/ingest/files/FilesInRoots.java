package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.transnormer.corpus.ingest.PlannedFile;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.ingest.SourceFiles;
import org.transnormer.corpus.sources.Location;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceRoots;
import software.amazon.awssdk.services.s3.S3Client;

/** Local folders and buckets behind one port, checked against the roots at every use. */
public final class FilesInRoots implements SourceFiles {
  private final SourceRoots roots;
  private final Supplier<S3Client> s3;

  /**
   * @param s3 asked only when a source lies in a bucket
   */
  public FilesInRoots(SourceRoots roots, Supplier<S3Client> s3) {
    this.roots = roots;
    this.s3 = s3;
  }

  @Override
  public void list(Source source, Listing listing) throws IOException, RefusedSource {
    Selection selection = Selection.of(source);
    switch (roots.resolve(source.uri())) {
      case Location.Local local -> LocalFiles.list(local, selection, listing);
      case Location.Bucket bucket -> new BucketFiles(s3.get()).list(bucket, selection, listing);
    }
  }

  @Override
  public InputStream open(Source source, PlannedFile file) throws RefusedFile, RefusedSource {
    return switch (roots.resolve(source.uri())) {
      case Location.Local local -> LocalFiles.open(local, file);
      case Location.Bucket bucket -> new BucketFiles(s3.get()).open(bucket, file);
    };
  }
}
