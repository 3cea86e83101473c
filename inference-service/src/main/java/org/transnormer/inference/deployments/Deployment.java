package org.transnormer.inference.deployments;

import java.util.Optional;

/**
 * What someone wants served.
 *
 * @param name the model name that callers use
 * @param target alias or checkpoint
 * @param slots sequences decoded together
 * @param updatedBy who asked for it last
 */
public record Deployment(String name, Target target, int slots, String updatedBy) {

  /** What a deployment points at. */
  public sealed interface Target {

    /** Follows the alias wherever it is moved. */
    record Alias(String name) implements Target {}

    record Checkpoint(String id) implements Target {}
  }

  public Optional<String> alias() {
    return target instanceof Target.Alias(String alias) ? Optional.of(alias) : Optional.empty();
  }
}
