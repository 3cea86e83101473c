package org.transnormer.trainer.launch;

import java.util.List;

/**
 * Where worker groups run. Every call may be repeated; the cluster is only ever observed, the
 * database knows what should be.
 */
public interface WorkerCluster {

  /** All groups that this platform made and that are still known, whatever their phase. */
  List<ObservedGroup> observe();

  /** Makes the group; one that is there already is left as it is. */
  void create(GroupOrder order);

  /** Takes the group and all it owns down; nothing happens when it is gone. */
  void delete(GroupName name);

  /** The last lines that the ranks printed, for a group that broke; empty when there are none. */
  List<String> logTail(GroupName name, int lines);

  /** host:port at which rank 0 of a group waits for the others. */
  String rendezvous(String runId, int attempt);

  /** How many groups may exist at once; more runs than that wait in the queue. */
  int capacity();

  /** Called with every hint that something changed, so that the next look need not wait. */
  void onChange(Runnable hint);
}
