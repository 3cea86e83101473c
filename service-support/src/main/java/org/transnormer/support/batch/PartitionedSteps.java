package org.transnormer.support.batch;

import java.util.Map;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;

/**
 * Makes steps whose partitions any worker process does. Every process of a service builds the same
 * steps; which part it plays is its role.
 *
 * <pre>{@code
 * @Bean
 * Step annotate(PartitionedSteps steps, Shards shards, Annotator annotator) {
 *   return steps.step(
 *       "annotate",
 *       job -> shards.of(job.getString("corpus")).collect(toMap(Shard::sha256, Shard::parameters)),
 *       partition -> {
 *         for (Document document : shards.open(partition.parameter("shard"))) {
 *           partition.checkStop();
 *           annotator.annotate(document);
 *           partition.count("read", 1);
 *         }
 *         partition.requireCurrent();
 *         partition.result("sidecar", sidecar.commit().key());
 *       });
 * }
 * }</pre>
 */
public final class PartitionedSteps {

  private final PartitionSettings settings;
  private final PartitionClaims claims;
  private final PartitionBell bell;
  private final PartitionWorkers workers;
  private final JobRepository repository;

  PartitionedSteps(
      PartitionSettings settings,
      PartitionClaims claims,
      PartitionBell bell,
      PartitionWorkers workers,
      JobRepository repository) {
    this.settings = settings;
    this.claims = claims;
    this.bell = bell;
    this.workers = workers;
    this.repository = repository;
  }

  /** A step that is planned and watched here, and done wherever there are workers. */
  public Step step(String name, PartitionPlanner planner, PartitionWork work) {
    workers.register(name, work);
    return new StepBuilder(name, repository)
        .partitioner(name, gridSize -> Map.of()) // the splitter plans
        .splitter(new ClaimedSplitter(name, planner, claims, repository))
        .partitionHandler(new ClaimedPartitionHandler(settings, claims, bell, repository, name))
        .build();
  }
}
