package org.transnormer.cleaning.work.batch;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * Steps one after the other, as in a simple job; which of them an execution goes through depends on
 * its parameters, so that a recipe can have any number of rounds.
 */
public final class StagedJob extends AbstractJob {

  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Function<JobParameters, List<String>> stages;

  /**
   * @param steps every step that an execution may need
   * @param stages names of the steps of an execution, in order
   */
  public StagedJob(
      String name,
      JobRepository repository,
      List<Step> steps,
      Function<JobParameters, List<String>> stages) {
    super(name);
    setJobRepository(repository);
    steps.forEach(step -> this.steps.put(step.getName(), step));
    this.stages = stages;
  }

  @Override
  public @Nullable Step getStep(String stepName) {
    return steps.get(stepName);
  }

  @Override
  public Collection<String> getStepNames() {
    return List.copyOf(steps.keySet());
  }

  @Override
  protected void doExecute(JobExecution execution) throws JobExecutionException {
    StepExecution last = null;
    for (String stage : stages.apply(execution.getJobParameters())) {
      Step step = steps.get(stage);
      if (step == null) {
        throw new JobExecutionException("no step for the stage " + stage);
      }
      last = handleStep(step, execution);
      if (last.getStatus() != BatchStatus.COMPLETED) {
        break;
      }
    }
    if (last != null) {
      execution.upgradeStatus(last.getStatus());
      execution.setExitStatus(last.getExitStatus());
    }
  }
}
