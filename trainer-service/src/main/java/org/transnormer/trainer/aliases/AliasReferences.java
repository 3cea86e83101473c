package org.transnormer.trainer.aliases;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.transnormer.trainer.checkpoints.CheckpointReferences;

/** A checkpoint that an alias points at stays. */
final class AliasReferences implements CheckpointReferences {

  private final Aliases aliases;

  AliasReferences(Aliases aliases) {
    this.aliases = aliases;
  }

  @Override
  public Map<String, String> among(Set<String> checkpointIds) {
    return aliases.pointingAt(checkpointIds).entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, each -> "alias " + String.join(", alias ", each.getValue())));
  }
}
