package org.transnormer.corpus.sources;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/** The client for sources in buckets, made when the first such source is read. */
public final class SourceBuckets implements AutoCloseable {
  private final Supplier<S3Client> factory;
  private @Nullable S3Client client;

  public SourceBuckets(Supplier<S3Client> factory) {
    this.factory = factory;
  }

  public synchronized S3Client client() {
    S3Client made = client;
    if (made == null) {
      made = factory.get();
      client = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
