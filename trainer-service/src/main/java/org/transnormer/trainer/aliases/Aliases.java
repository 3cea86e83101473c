package org.transnormer.trainer.aliases;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The aliases and where each has pointed. */
public interface Aliases {

  Optional<Alias> find(String name);

  /** As {@link #find}; nobody else moves it until the transaction ends. */
  Optional<Alias> lock(String name);

  /** By name. */
  List<Alias> list(Optional<String> after, int limit);

  /** Saves a new place and notes it in the history. */
  Alias move(String name, String checkpointId, long version, String movedBy);

  /** With its history. */
  void remove(String name);

  /** Newest first. */
  List<Alias> history(String name);

  /** Names of the aliases that point at each of the checkpoints now. */
  Map<String, List<String>> pointingAt(Set<String> checkpointIds);
}
