package org.transnormer.trainer.checkpoints;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Somebody who refers to checkpoints, which therefore must stay. */
public interface CheckpointReferences {

  /**
   * Those of the given checkpoints that are referred to, each with who does, in words.
   *
   * @throws org.transnormer.support.problems.UnavailableProblem when it cannot be told; then all of
   *     them stay
   */
  Map<String, String> among(Set<String> checkpointIds);

  /** Who refers to an alias, in words. */
  default List<String> toAlias(String name) {
    return List.of();
  }

  /** As {@link #among(Set)}, of everybody. */
  static Map<String, String> among(Collection<CheckpointReferences> all, Set<String> ids) {
    Map<String, String> referrers = new HashMap<>();
    all.forEach(each ->
        each.among(Set.copyOf(ids))
            .forEach((id, by) -> referrers.merge(id, by, (a, b) -> a + ", " + b)));
    return referrers;
  }
}
