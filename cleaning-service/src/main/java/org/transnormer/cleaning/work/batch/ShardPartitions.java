package org.transnormer.cleaning.work.batch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.transnormer.support.batch.PartitionContext;

/** Partitions that are one shard each, in an order that is frozen. */
public final class ShardPartitions {

  private static final String PART = "part";

  /** Read by the view of stages, too: what waits counts with what it will do. */
  private static final String TOTAL = "total";

  private ShardPartitions() {}

  /** Which shard a partition works on, by its place. */
  public static int part(PartitionContext partition) {
    return Integer.parseInt(partition.parameter(PART));
  }

  /** How much there is to do. */
  public static long total(PartitionContext partition) {
    return Long.parseLong(partition.parameter(TOTAL));
  }

  /**
   * One partition for each of a list, named by its place.
   *
   * @param total progress that the partition will have made at its end
   */
  public static <T> Map<String, Map<String, String>> each(List<T> shards, ToLongFunction<T> total) {
    Map<String, Map<String, String>> plan = new LinkedHashMap<>();
    for (int part = 0; part < shards.size(); part++) {
      plan.put(
          "%05d".formatted(part),
          Map.of(
              PART,
              Integer.toString(part),
              TOTAL,
              Long.toString(total.applyAsLong(shards.get(part)))));
    }
    return plan;
  }
}
