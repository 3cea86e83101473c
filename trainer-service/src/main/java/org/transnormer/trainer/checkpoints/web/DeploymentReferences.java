package org.transnormer.trainer.checkpoints.web;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.transnormer.support.problems.UnavailableProblem;
import org.transnormer.trainer.checkpoints.CheckpointReferences;

/** A checkpoint that is served, or about to be, stays. */
public final class DeploymentReferences implements CheckpointReferences {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final RestClient inference;

  public DeploymentReferences(RestClient inference) {
    this.inference = inference;
  }

  /** The fields of a deployment that are read here. */
  record Deployment(
      String name,
      @Nullable String alias,
      @Nullable String checkpointId,
      @Nullable String nextCheckpointId) {}

  record Deployments(List<Deployment> items) {}

  @Override
  public Map<String, String> among(Set<String> checkpointIds) {
    Map<String, String> referrers = new HashMap<>();
    for (Deployment deployment : deployments()) {
      Stream.of(deployment.checkpointId(), deployment.nextCheckpointId())
          .filter(id -> id != null && checkpointIds.contains(id))
          .forEach(
              id -> referrers.merge(id, "deployment " + deployment.name(), (a, b) -> a + ", " + b));
    }
    return referrers;
  }

  @Override
  public List<String> toAlias(String alias) {
    return deployments().stream()
        .filter(deployment -> alias.equals(deployment.alias()))
        .map(deployment -> "deployment " + deployment.name())
        .toList();
  }

  private List<Deployment> deployments() {
    try {
      Deployments answer =
          inference.get().uri("/api/v1/deployments").retrieve().body(Deployments.class);
      return answer == null ? List.of() : answer.items();
    } catch (RestClientException e) {
      throw new UnavailableProblem(
          "inference-service cannot say what it serves: " + e.getMessage(), RETRY_AFTER, e);
    }
  }
}
