package org.transnormer.cleaning.work.batch;

import java.util.Map;
import java.util.function.Consumer;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.batch.infrastructure.support.transaction.ResourcelessTransactionManager;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.batch.PartitionPlanner;
import org.transnormer.support.batch.PartitionWork;
import org.transnormer.support.batch.PartitionedSteps;

/** Steps that are stages of work. */
public final class StageSteps {

  /** The only partition of a stage that cannot be divided. */
  public static final String WHOLE = "whole";

  private static final Consumer<String> UNCHECKED = id -> {};

  private final PartitionedSteps partitioned;
  private final JobRepository repository;
  private final Works works;

  StageSteps(PartitionedSteps partitioned, JobRepository repository, Works works) {
    this.partitioned = partitioned;
    this.repository = repository;
    this.works = works;
  }

  /** A stage that any number of workers share. */
  public Step wide(String stage, PartitionPlanner planner, PartitionWork work) {
    return wide(stage, planner, work, UNCHECKED);
  }

  /**
   * @param check looks at the finished stage of the work with the id, and throws {@link
   *     IllegalStateException} if documents are missing
   */
  public Step wide(
      String stage, PartitionPlanner planner, PartitionWork work, Consumer<String> check) {
    return staged(partitioned.step(stage, planner, work), check);
  }

  /** A stage that one worker does alone. */
  public Step single(String stage, PartitionWork work) {
    return single(stage, work, UNCHECKED);
  }

  public Step single(String stage, PartitionWork work, Consumer<String> check) {
    return staged(partitioned.step(stage, job -> Map.of(WHOLE, Map.of()), work), check);
  }

  /** A stage of the manager: short, or mostly waiting. Called again until it has ended. */
  public Step managed(String stage, Turn turn) {
    Tasklet tasklet =
        (contribution, context) ->
            turn.take(
                    WorkJobs.workId(context.getStepContext().getStepExecution().getJobParameters()))
                ? RepeatStatus.FINISHED
                : RepeatStatus.CONTINUABLE;
    Step step =
        new StepBuilder(stage, repository)
            // The turns make their own transactions: a wait must not hold a connection.
            .tasklet(tasklet, new ResourcelessTransactionManager())
            .build();
    return staged(step, UNCHECKED);
  }

  /** One turn of a managed stage. A stop takes effect between turns. */
  @FunctionalInterface
  public interface Turn {

    /**
     * @return whether the stage has ended
     */
    boolean take(String workId) throws Exception;
  }

  private Step staged(Step step, Consumer<String> check) {
    if (!(step instanceof AbstractStep listened)) {
      throw new IllegalStateException("a step without listeners: " + step.getName());
    }
    listened.registerStepExecutionListener(new StageListener(works, check));
    return step;
  }
}
