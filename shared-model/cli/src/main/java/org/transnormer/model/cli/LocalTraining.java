package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.TrainingSession;

/**
 * A session's steps, with what is measured and kept in between. Where a checkpoint is written
 * changes nothing that is computed.
 */
final class LocalTraining {

  /** What a shell gives a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private final TrainingSession session;
  private final RunFolder run;
  private final TrainingEvents events;
  private final Duration longest;
  private @Nullable Path passing;
  private long written = System.nanoTime();

  /**
   * @param longest time without a checkpoint; what is written for its sake gives way to the next
   *     checkpoint. Zero leaves checkpoints to the specification's steps alone.
   */
  LocalTraining(TrainingSession session, RunFolder run, TrainingEvents events, Duration longest) {
    this.session = session;
    this.run = run;
    this.events = events;
    this.longest = longest;
  }

  /**
   * @return the exit code
   */
  int finish() throws IOException {
    long steps = session.spec().steps();
    try (Interruption interruption = new Interruption();
        Progress progress = new Progress(events.err(), "train", steps, events.json())) {
      while (!session.finished() && !interruption.wished()) {
        events.step(session.step(), steps, progress);
        long done = session.stepsDone();
        EvalSpec evaluation = session.spec().evaluation();
        if (session.hasHeldout() && due(done, evaluation.everySteps())) {
          events.heldout(done, session.evaluate(), progress);
        }
        if (due(done, session.spec().checkpoints().everySteps())) {
          checkpoint(progress);
        } else if (overdue()) {
          passing = checkpoint(progress);
        }
      }
      if (!session.finished()) {
        checkpoint(progress);
        events.interrupted(session.stepsDone(), progress);
        return INTERRUPTED;
      }
      return 0;
    }
  }

  /** Every so many steps, and after the last one. */
  private boolean due(long done, long every) {
    return session.finished() || every > 0 && done % every == 0;
  }

  private boolean overdue() {
    return longest.isPositive() && System.nanoTime() - written >= longest.toNanos();
  }

  private Path checkpoint(Progress progress) throws IOException {
    Path checkpoint = run.commit(session);
    events.checkpoint(session.stepsDone(), checkpoint, progress);
    if (passing != null && !passing.equals(checkpoint)) {
      RunFolder.delete(passing);
    }
    passing = null;
    run.prune(session.spec().checkpoints().keep());
    written = System.nanoTime();
    return checkpoint;
  }
}
