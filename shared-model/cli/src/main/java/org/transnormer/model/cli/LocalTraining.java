package org.transnormer.model.cli;

import java.io.IOException;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.TrainingSession;

/** A session's steps, with what is measured and kept in between. */
record LocalTraining(TrainingSession session, RunFolder run, TrainingEvents events) {

  /** What a shell gives a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

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

  private void checkpoint(Progress progress) throws IOException {
    events.checkpoint(session.stepsDone(), run.commit(session), progress);
    run.prune(session.spec().checkpoints().keep());
  }
}
