package org.transnormer.support.batch;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Which process drives which job execution. Time is the database's. */
public interface JobOwners {

  /** Owner of executions whose take-over was begun and not ended. */
  String NOBODY = "nobody";

  void own(long jobExecutionId, String owner, Duration lease);

  void renew(String owner, Duration lease);

  /**
   * Of the running executions, those whose owner is dead, now this owner's. Its own are not among
   * them, however long it was stalled. An execution without an owner counts as dead once it is
   * older than a lease. Those of {@link #NOBODY} are always among them.
   */
  List<Long> takeOrphans(Set<Long> running, String owner, Duration lease);

  void forget(long jobExecutionId);
}
