package org.transnormer.artifacts.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an object, or of a part of it, over as many connections as it takes: one that is
 * lost is replaced by another that begins where it ended. The client's own retries end with the
 * first byte of an answer.
 */
final class ResumingInputStream extends InputStream {
  /** Connections in a row that bring nothing. */
  private static final int MOST_TRIES = 5;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** Opens the rest of what is read. */
  interface Source {
    /**
     * @param done bytes that were read before
     * @param etag of the object that was read; another one is refused
     */
    ResponseInputStream<GetObjectResponse> open(long done, String etag);
  }

  private final String key;
  private final Source source;
  private final String etag;
  private final long length;
  private ResponseInputStream<GetObjectResponse> in;
  private long done;
  private int triesInVain;

  /**
   * @param first the first answer, which says how long it all is and which object it is
   */
  ResumingInputStream(String key, ResponseInputStream<GetObjectResponse> first, Source source) {
    this.key = key;
    this.source = source;
    this.in = first;
    this.etag = first.response().eTag();
    this.length = first.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    while (done < length) {
      try {
        int n = in.read(bytes, offset, count);
        if (n > 0) {
          done += n;
          triesInVain = 0;
          return n;
        }
        replace(new IOException("it ended after %d of %d bytes".formatted(done, length)));
      } catch (IOException e) {
        replace(e);
      }
    }
    return -1;
  }

  private void replace(IOException lost) throws IOException {
    in.abort();
    if (++triesInVain > MOST_TRIES || Thread.currentThread().isInterrupted()) {
      throw new IOException("cannot read object %s: %s".formatted(key, lost.getMessage()), lost);
    }
    pause();
    try {
      in = source.open(done, etag);
    } catch (SdkException e) {
      e.addSuppressed(lost);
      throw S3ObjectStore.failure("go on reading", key, e);
    }
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(FIRST_PAUSE.multipliedBy(1L << (triesInVain - 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading object " + key, e);
    }
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
