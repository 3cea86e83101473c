package org.transnormer.door.routes.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way up. The client library asks for pieces from threads of its own; the
 * pieces are read by the request's thread alone, because a servlet's stream belongs to it.
 */
final class RequestBody implements BodyPublisher {
  private static final int PIECE = 32 * 1024;
  private static final long LOOK_UP_MILLIS = 100;

  private final InputStream in;
  private final long length;
  private final Semaphore wanted = new Semaphore(0);
  private volatile Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
  private volatile boolean cancelled;

  RequestBody(InputStream in, long length) {
    this.in = in;
    this.length = length;
  }

  @Override
  public long contentLength() {
    return length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
    subscriber = to;
    to.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            wanted.release((int) Math.min(n, Integer.MAX_VALUE / 2));
          }

          @Override
          public void cancel() {
            cancelled = true;
          }
        });
  }

  /** Sends all of it; stops early when the answer is there before the body has ended. */
  void pump(CompletableFuture<?> answer) throws IOException, InterruptedException {
    byte[] piece = new byte[PIECE];
    while (!cancelled && !answer.isDone()) {
      if (!wanted.tryAcquire(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS)) {
        continue;
      }
      Flow.Subscriber<? super ByteBuffer> to = subscriber;
      if (to == null) {
        throw new IllegalStateException("asked for a piece before subscribing");
      }
      int n = read(piece, to);
      if (n < 0) {
        to.onComplete();
        return;
      }
      to.onNext(ByteBuffer.wrap(Arrays.copyOf(piece, n)));
    }
  }

  private int read(byte[] piece, Flow.Subscriber<? super ByteBuffer> to) throws IOException {
    try {
      return in.read(piece);
    } catch (IOException e) {
      to.onError(e);
      throw e;
    }
  }
}
