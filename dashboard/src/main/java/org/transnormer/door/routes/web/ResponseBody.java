package org.transnormer.door.routes.web;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body on its way down. The service is asked for the next piece only when the last one
 * was written to the client, so a slow client slows the service and nothing piles up here.
 */
final class ResponseBody implements BodySubscriber<ResponseBody> {

  sealed interface Signal {}

  record Piece(List<ByteBuffer> buffers) implements Signal {}

  record End() implements Signal {}

  record Broken(Throwable cause) implements Signal {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;

  @Override
  public CompletionStage<ResponseBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    signals.add(new Piece(item));
  }

  @Override
  public void onError(Throwable throwable) {
    signals.add(new Broken(throwable));
  }

  @Override
  public void onComplete() {
    signals.add(new End());
  }

  /** What came next, or null when nothing came for so long. */
  @Nullable Signal next(Duration patience) throws InterruptedException {
    return signals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The last piece is written. */
  void more() {
    Flow.Subscription current = subscription;
    if (current != null && signals.isEmpty()) {
      current.request(1);
    }
  }

  /** Nobody listens any more: the connection to the service is closed. */
  void cancel() {
    Flow.Subscription current = subscription;
    if (current != null) {
      current.cancel();
    }
  }
}
