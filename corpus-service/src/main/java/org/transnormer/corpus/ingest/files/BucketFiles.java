package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import org.transnormer.corpus.ingest.PlannedFile;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.ingest.SourceFiles.Listing;
import org.transnormer.corpus.sources.Location;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects below a prefix of an S3-compatible store. */
final class BucketFiles {
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;

  private final S3Client client;

  BucketFiles(S3Client client) {
    this.client = client;
  }

  void list(Location.Bucket location, Selection selection, Listing listing) throws IOException {
    try {
      client
          .listObjectsV2Paginator(
              request -> request.bucket(location.bucket()).prefix(location.prefix()))
          .contents()
          .forEach(object -> take(location, object, selection, listing));
    } catch (SdkException e) {
      throw new IOException(
          "cannot list s3://" + location.bucket() + "/" + location.prefix() + ": " + reason(e), e);
    }
  }

  private static void take(
      Location.Bucket location, S3Object object, Selection selection, Listing listing) {
    String path = object.key().substring(location.prefix().length());
    if (!object.key().endsWith("/") && !hidden(path) && selection.takes(path)) {
      listing.file(new PlannedFile(path, object.size(), object.eTag()));
    }
  }

  private static boolean hidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }

  InputStream open(Location.Bucket location, PlannedFile file) throws RefusedFile {
    try {
      return client.getObject(request ->
          request
              .bucket(location.bucket())
              .key(location.prefix() + file.path())
              .ifMatch(file.fingerprint()));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND || e.statusCode() == PRECONDITION_FAILED) {
        throw new RefusedFile(Reason.CHANGED, "changed or gone since the ingestion was planned");
      }
      throw new RefusedFile(Reason.UNREADABLE, reason(e));
    } catch (SdkException e) {
      throw new RefusedFile(Reason.UNREADABLE, reason(e));
    }
  }

  private static String reason(SdkException e) {
    return e instanceof S3Exception s3
        ? "the store answered " + s3.statusCode()
        : "the store cannot be reached";
  }
}
