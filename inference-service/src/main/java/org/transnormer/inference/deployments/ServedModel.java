package org.transnormer.inference.deployments;

import java.time.Instant;
import org.transnormer.inference.generation.Engine;

/** A checkpoint in memory, under the name of its deployment. */
public record ServedModel(String name, String checkpointId, Instant loadedAt, Engine engine) {

  /** Keeps the model from being unloaded while a request is submitted to it. */
  public interface Use extends AutoCloseable {

    ServedModel model();

    @Override
    void close();
  }
}
