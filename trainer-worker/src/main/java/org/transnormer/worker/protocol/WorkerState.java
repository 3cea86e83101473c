package org.transnormer.worker.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a worker is busy with. */
public enum WorkerState {
  /** Fetching the token set and the checkpoint, planning memory. */
  @JsonProperty("preparing")
  PREPARING,
  @JsonProperty("training")
  TRAINING,
  @JsonProperty("evaluating")
  EVALUATING,
  @JsonProperty("checkpointing")
  CHECKPOINTING,
  /** Writing its last checkpoint, or reporting its end. */
  @JsonProperty("stopping")
  STOPPING
}
