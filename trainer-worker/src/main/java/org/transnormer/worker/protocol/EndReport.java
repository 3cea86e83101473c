package org.transnormer.worker.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The last word of an attempt.
 *
 * @param reason for people; empty where nothing needs saying. That of a failure begins with its
 *     {@link FailureCode}
 * @param step the last finished step
 * @param finalCheckpoint key prefix of the last committed checkpoint of this attempt
 */
public record EndReport(
    long epoch, Outcome outcome, String reason, long step, @Nullable String finalCheckpoint) {

  /** How it ended. */
  public enum Outcome {
    /** All steps were done. */
    @JsonProperty("succeeded")
    SUCCEEDED,
    /** Trying again would fail again: a bad specification, diverged numbers, no room. */
    @JsonProperty("failed")
    FAILED,
    /** As the trainer asked by {@link Directive#STOP}. */
    @JsonProperty("cancelled")
    CANCELLED,
    /** As asked by {@link Directive#CHECKPOINT_AND_STOP} or by the operating system. */
    @JsonProperty("suspended")
    SUSPENDED
  }
}
