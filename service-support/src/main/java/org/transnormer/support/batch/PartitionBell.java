package org.transnormer.support.batch;

import java.util.Collection;

/** Tells workers that partitions wait. */
public interface PartitionBell {

  void ring(Collection<Partition> waiting);
}
