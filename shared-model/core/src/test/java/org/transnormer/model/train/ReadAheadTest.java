package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.transnormer.model.data.CorruptTokenSetException;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.lm.TokenBatch;

class ReadAheadTest {

  private static final DataCursor NEXT = DataCursor.START.advance(4);

  private final List<DataCursor> read = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Thread> reader = new AtomicReference<>();
  private final ReadAhead batches = new ReadAhead(this::read);

  private TokenBatch read(DataCursor cursor) {
    reader.set(Thread.currentThread());
    read.add(cursor);
    int[] tokens = {(int) cursor.globalSample()};
    return TokenBatch.of(tokens, tokens, 1, 1);
  }

  @AfterEach
  void close() {
    batches.close();
  }

  @Test
  void readsTheNextBatchOnceAndOnAnotherThread() {
    batches.begin(NEXT);

    assertThat(batches.take(NEXT).inputs()).containsExactly(4);
    assertThat(read).containsExactly(NEXT);
    assertThat(reader.get()).isNotSameAs(Thread.currentThread());
  }

  @Test
  void readsWhileItsCallerIsBusy() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    try (ReadAhead ahead =
        new ReadAhead(cursor -> {
          TokenBatch batch = read(cursor);
          done.countDown();
          return batch;
        })) {
      ahead.begin(NEXT);

      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** As after a step that was refused, or where a run goes on from a checkpoint. */
  @Test
  void readsWhatIsAskedForWhereSomethingElseWasBegun() {
    batches.begin(NEXT);

    assertThat(batches.take(DataCursor.START).inputs()).containsExactly(0);
    assertThat(batches.take(NEXT).inputs()).containsExactly(4);
    assertThat(batches.take(NEXT).inputs()).containsExactly(4);
  }

  @Test
  void onlyWhoAsksForABatchHearsThatItCannotBeRead() {
    try (ReadAhead ahead =
        new ReadAhead(cursor -> {
          throw new CorruptTokenSetException(Path.of("train.bin"), "is torn");
        })) {
      ahead.begin(NEXT);
      ahead.begin(NEXT);

      assertThatThrownBy(() -> ahead.take(NEXT))
          .isInstanceOf(CorruptTokenSetException.class)
          .hasMessageContaining("is torn");
    }
  }

  /** So that nobody closes the files under a reader. */
  @Test
  void closesWhenTheReaderIsDoneThoughItsCallerWasInterrupted() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<Boolean> done = new AtomicReference<>(false);
    ReadAhead ahead =
        new ReadAhead(cursor -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          done.set(true);
          return read(cursor);
        });
    ahead.begin(NEXT);
    begun.await();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> ahead.take(NEXT)).isInstanceOf(IllegalStateException.class);
    Thread.ofPlatform().start(go::countDown);
    ahead.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(done.get()).isTrue();
  }
}
