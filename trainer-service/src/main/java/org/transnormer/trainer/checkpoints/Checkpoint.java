package org.transnormer.trainer.checkpoints;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint whose manifest was in the store before this record was made.
 *
 * @param step steps of training behind it
 * @param prefix of its keys in the object store
 * @param bytes of all its objects
 */
public record Checkpoint(
    String id,
    Origin origin,
    long step,
    String prefix,
    String manifestDigest,
    long bytes,
    Optional<String> tokenSetId,
    Optional<String> snapshotId,
    OptionalDouble loss,
    OptionalDouble heldoutLoss,
    State state,
    Instant createdAt) {

  public sealed interface Origin {}

  /** An attempt of a run of this platform wrote it. */
  public record FromRun(String runId, int attempt) implements Origin {}

  /**
   * @param uri where it was copied from
   */
  public record FromOutside(String uri) implements Origin {}

  public sealed interface State {}

  public record Committed() implements State {}

  /** Found damaged; nothing goes on from it. */
  public record Corrupt(String reason) implements State {}

  /** Nobody may refer to it any more; its objects are on their way out. */
  public record Deleting() implements State {}

  /** Only this record is left, for lineage. */
  public record Deleted() implements State {}

  public @Nullable String runId() {
    return origin instanceof FromRun run ? run.runId() : null;
  }

  public boolean usable() {
    return state instanceof Committed;
  }

  /** Lower-kebab name of the state, as stored and shown. */
  public String label() {
    return switch (state) {
      case Committed _ -> "committed";
      case Corrupt _ -> "corrupt";
      case Deleting _ -> "deleting";
      case Deleted _ -> "deleted";
    };
  }
}
