package org.transnormer.worker.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a trainer wants of a worker. */
public enum Directive {
  @JsonProperty("continue")
  CONTINUE,
  /** Leave at the next step without a checkpoint; the end is reported as cancelled. */
  @JsonProperty("stop")
  STOP,
  /** Leave at the next step after writing a checkpoint; the end is reported as suspended. */
  @JsonProperty("checkpoint-and-stop")
  CHECKPOINT_AND_STOP
}
