package org.transnormer.inference.deployments;

import java.io.IOException;
import org.transnormer.inference.deployments.CheckpointSource.UnknownCheckpointException;

/** Brings a checkpoint into memory, ready to generate. */
public interface ModelLoader {

  ServedModel load(Deployment deployment, String checkpointId)
      throws IOException, UnknownCheckpointException;
}
