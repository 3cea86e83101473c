package org.transnormer.trainer.removal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Removable;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;

/** A usable checkpoint; its record stays for lineage, its objects go with the next sweep. */
public record CheckpointRemoval(
    Checkpoints checkpoints, List<CheckpointReferences> references, String id)
    implements Removable {

  @Override
  public Kind kind() {
    return Kind.CHECKPOINT;
  }

  @Override
  public String resource() {
    return "/api/v1/checkpoints/" + id;
  }

  @Override
  public boolean lock() {
    return checkpoints.lock(id).isPresent();
  }

  @Override
  public List<String> referrers() {
    return List.copyOf(CheckpointReferences.among(references, Set.of(id)).values());
  }

  @Override
  public Contents contents() {
    return new Contents(Map.of(), checkpoints.find(id).orElseThrow().bytes(), List.of());
  }

  @Override
  public void remove() {
    checkpoints.markDeleting(Set.of(id));
  }
}
