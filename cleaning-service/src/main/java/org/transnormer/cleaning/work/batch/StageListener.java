package org.transnormer.cleaning.work.batch;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.Works;

/** Shows a step as a stage, and lets a stage fail whose counts do not balance. */
final class StageListener implements StepExecutionListener {

  private final Works works;
  private final Consumer<String> check;

  /**
   * @param check looks at the counts of the work with the id, and throws if they are wrong
   */
  StageListener(Works works, Consumer<String> check) {
    this.works = works;
    this.check = check;
  }

  @Override
  public void beforeStep(StepExecution step) {
    works.begin(WorkJobs.workId(step.getJobParameters()), step.getStepName());
  }

  @Override
  public @Nullable ExitStatus afterStep(StepExecution step) {
    String id = WorkJobs.workId(step.getJobParameters());
    if (step.getStatus() == BatchStatus.COMPLETED) {
      try {
        works.stages(id).stream()
            .filter(stage -> stage.name().equals(step.getStepName()))
            .forEach(stage -> stage.tally().requireBalanced(stage.name()));
        check.accept(id);
      } catch (IllegalStateException e) {
        step.setStatus(BatchStatus.FAILED);
        step.addFailureException(e);
        works.end(id, step.getStepName(), Stage.State.FAILED);
        return ExitStatus.FAILED.addExitDescription(String.valueOf(e.getMessage()));
      }
    }
    works.end(id, step.getStepName(), state(step.getStatus()));
    return null;
  }

  private static Stage.State state(BatchStatus status) {
    return switch (status) {
      case COMPLETED -> Stage.State.SUCCEEDED;
      case STOPPED, STOPPING -> Stage.State.STOPPED;
      case STARTING, STARTED, FAILED, ABANDONED, UNKNOWN -> Stage.State.FAILED;
    };
  }
}
