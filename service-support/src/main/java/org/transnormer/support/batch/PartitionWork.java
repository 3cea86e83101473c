package org.transnormer.support.batch;

/**
 * Does one partition. It may be done twice, by a worker that was taken for dead and by its
 * successor: results are committed under keys of their own or after {@link
 * PartitionContext#requireCurrent}.
 */
@FunctionalInterface
public interface PartitionWork {

  void run(PartitionContext partition) throws Exception;
}
