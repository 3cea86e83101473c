package org.transnormer.support.batch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rows of partitions: written by managers, claimed by workers. Time is the database's. */
public interface PartitionClaims {

  void add(Collection<Partition> partitions, long jobInstanceId);

  /**
   * Takes a waiting partition of one of the steps, or one whose worker has died.
   *
   * @param working step executions that this very worker is at: not dead, even if the process was
   *     stalled for longer than a lease
   */
  Optional<Partition> claim(Set<String> steps, String worker, Set<Long> working, Duration lease);

  /** Fails what has been tried too often and is left by its last worker. */
  int giveUp(int mostAttempts, String worker, Set<Long> working);

  /**
   * Prolongs leases and writes down progress.
   *
   * @return of the given, those that are still this worker's and not to be stopped
   */
  Set<Long> renew(String worker, Duration lease, Collection<Progress> progress);

  /** Progress of a running partition. */
  record Progress(
      long stepExecutionId,
      long epoch,
      long done,
      long total,
      String unit,
      Map<String, Long> counters) {}

  /** Locks the row until the end of the transaction, if there is one. */
  boolean isCurrent(long stepExecutionId, long epoch);

  /** Ends a partition; false when another epoch owns it. */
  boolean end(Progress last, String state, Map<String, String> results, String reason);

  /** Asks running partitions of an execution to stop, and takes back the waiting ones. */
  void stop(long jobExecutionId);

  /** Takes all unfinished partitions of a dead execution away from whoever holds them. */
  void abandon(long jobExecutionId);

  /** The partitions of a job instance's step, if they were planned already: name to parameters. */
  Map<String, Map<String, String>> plan(long jobInstanceId, String step);

  /** Names of the step's partitions that have a result. */
  Set<String> done(long jobInstanceId, String step);

  List<Partition> ofExecution(long jobExecutionId, String step);
}
