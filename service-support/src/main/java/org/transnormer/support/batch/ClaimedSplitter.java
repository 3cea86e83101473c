package org.transnormer.support.batch;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.partition.StepExecutionSplitter;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;

/**
 * Makes a step execution for each partition that has no result yet. The partitions' rows decide,
 * not Spring Batch's own status: a worker whose claim was taken away may have written that it
 * completed, but its result was refused.
 */
final class ClaimedSplitter implements StepExecutionSplitter {

  /** Spring Batch's step names end at 100 characters, and hold the step's and the partition's. */
  private static final int MOST_NAME = 100;

  private final String step;
  private final PartitionPlanner planner;
  private final PartitionClaims claims;
  private final JobRepository repository;

  ClaimedSplitter(
      String step, PartitionPlanner planner, PartitionClaims claims, JobRepository repository) {
    this.step = step;
    this.planner = planner;
    this.claims = claims;
    this.repository = repository;
  }

  @Override
  public String getStepName() {
    return step;
  }

  @Override
  public Set<StepExecution> split(StepExecution manager, int gridSize) {
    long instance = manager.getJobExecution().getJobInstanceId();
    Map<String, Map<String, String>> left =
        new LinkedHashMap<>(plan(instance, manager.getJobParameters()));
    left.keySet().removeAll(claims.done(instance, step));
    Set<StepExecution> executions = new LinkedHashSet<>();
    left.forEach((name, parameters) -> executions.add(execution(manager, name, parameters)));
    return executions;
  }

  private StepExecution execution(
      StepExecution manager, String name, Map<String, String> parameters) {
    String full = step + ":" + name;
    if (full.length() > MOST_NAME) {
      throw new IllegalArgumentException("the partition's name is too long: " + full);
    }
    StepExecution execution = repository.createStepExecution(full, manager.getJobExecution());
    parameters.forEach(execution.getExecutionContext()::putString);
    repository.updateExecutionContext(execution);
    return execution;
  }

  /** The frozen plan; made now if this is the instance's first start of the step. */
  private Map<String, Map<String, String>> plan(long instance, JobParameters parameters) {
    Map<String, Map<String, String>> frozen = claims.plan(instance, step);
    if (!frozen.isEmpty()) {
      return frozen;
    }
    try {
      return planner.plan(parameters);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot plan the partitions: " + e.getMessage(), e);
    }
  }
}
