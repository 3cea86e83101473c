package org.transnormer.inference.deployments;

import java.util.List;

/** What is wanted, kept over restarts and shared by all replicas. */
public interface DeploymentStore {

  void put(Deployment deployment);

  /** Whether it was there. */
  boolean remove(String name);

  List<Deployment> all();
}
