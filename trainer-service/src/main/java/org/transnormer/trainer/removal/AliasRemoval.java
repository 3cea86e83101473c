package org.transnormer.trainer.removal;

import java.util.List;
import java.util.Map;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Removable;
import org.transnormer.trainer.aliases.Aliases;
import org.transnormer.trainer.checkpoints.CheckpointReferences;

/** A name for a checkpoint, with its history; the checkpoint stays. */
public record AliasRemoval(Aliases aliases, List<CheckpointReferences> references, String id)
    implements Removable {

  @Override
  public Kind kind() {
    return Kind.ALIAS;
  }

  @Override
  public String resource() {
    return "/api/v1/aliases/" + id;
  }

  @Override
  public boolean lock() {
    return aliases.lock(id).isPresent();
  }

  @Override
  public List<String> referrers() {
    return references.stream().flatMap(each -> each.toAlias(id).stream()).toList();
  }

  @Override
  public Contents contents() {
    return new Contents(Map.of("moves", (long) aliases.history(id).size()), 0, List.of());
  }

  @Override
  public void remove() {
    aliases.remove(id);
  }
}
