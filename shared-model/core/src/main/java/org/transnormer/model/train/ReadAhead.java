package org.transnormer.model.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.lm.TokenBatch;

/**
 * Reads a step's batch while the step before is computed, on a thread of its own. What is read
 * follows from a cursor alone, so that whoever goes on from a checkpoint reads the same.
 */
final class ReadAhead implements AutoCloseable {

  private final Function<DataCursor, TokenBatch> reader;
  private @Nullable DataCursor ahead;
  private @Nullable FutureTask<TokenBatch> reading;

  ReadAhead(Function<DataCursor, TokenBatch> reader) {
    this.reader = reader;
  }

  /** Begins to read what will be {@link #take taken} next. */
  void begin(DataCursor next) {
    close();
    FutureTask<TokenBatch> task = new FutureTask<>(() -> reader.apply(next));
    ahead = next;
    reading = task;
    Thread.ofPlatform().daemon().name("read-ahead").start(task);
  }

  /** The batch at a cursor, whether it was begun or not. */
  TokenBatch take(DataCursor cursor) {
    FutureTask<TokenBatch> task = reading;
    if (task == null || !cursor.equals(ahead)) {
      return reader.apply(cursor);
    }
    TokenBatch batch;
    try {
      batch = task.get();
    } catch (ExecutionException e) {
      reading = null;
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // a reader throws no others
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was read", e);
    }
    reading = null;
    return batch;
  }

  /** Waits until nothing is being read any more, also where the caller has been interrupted. */
  @Override
  public void close() {
    FutureTask<TokenBatch> task = reading;
    reading = null;
    boolean interrupted = false;
    while (task != null) {
      try {
        task.get();
        break;
      } catch (ExecutionException _) {
        break; // Nobody asked for that batch yet; who does will hear of it.
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
