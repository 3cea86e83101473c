package org.transnormer.worker.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a worker is to do. Asking again gives the same answer as long as the attempt is current; a
 * worker that asks for an attempt that is over gets 409.
 *
 * @param epoch fences this attempt's reports against those of any other
 * @param spec a {@code TrainingSpec} of the model library, in its JSON form
 * @param tokenSetPrefix key prefix of the token set in the object store
 * @param checkpointRoot key prefix under which this attempt writes {@code step-<n>/} folders; no
 *     other attempt writes there
 * @param resumeFrom null for a run that begins at its first step
 * @param leaseSeconds how long after its last answered heartbeat a worker may still commit
 * @param threads for computing; 0 means as many as the process has processors
 * @param rendezvous how the ranks find each other
 */
public record Assignment(
    String runId,
    int attempt,
    long epoch,
    JsonNode spec,
    String tokenSetPrefix,
    String checkpointRoot,
    @Nullable ResumePoint resumeFrom,
    int leaseSeconds,
    int threads,
    Rendezvous rendezvous) {

  /**
   * A committed checkpoint to continue from.
   *
   * @param checkpointPrefix key prefix in the object store
   * @param manifestDigest of the manifest that the trainer recorded; another one is refused
   */
  public record ResumePoint(String checkpointPrefix, @Nullable String manifestDigest, long step) {}

  /**
   * @param worldSize number of ranks, also when it is one
   * @param address host:port of rank 0; null for a single rank
   */
  public record Rendezvous(int worldSize, @Nullable String address) {}

  /** Where the checkpoint of a step goes. */
  public String checkpointPrefix(long step) {
    return checkpointRoot + "/step-" + step;
  }

  /** The usual {@link #checkpointRoot}. */
  public static String checkpointRoot(String runId, int attempt) {
    return "checkpoints/" + runId + "/a" + attempt;
  }
}
