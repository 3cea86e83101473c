package org.transnormer.trainer.checkpoints;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.sql.Transactions;

/** Takes a checkpoint from outside into the store and onto the record. */
public final class RegisterCheckpoint {

  private final Checkpoints checkpoints;
  private final CheckpointImport imports;
  private final CheckpointEvents events;
  private final Audit audit;
  private final Transactions transactions;
  private final Supplier<String> ids;

  public RegisterCheckpoint(
      Checkpoints checkpoints,
      CheckpointImport imports,
      CheckpointEvents events,
      Audit audit,
      Transactions transactions,
      Supplier<String> ids) {
    this.checkpoints = checkpoints;
    this.imports = imports;
    this.events = events;
    this.audit = audit;
    this.transactions = transactions;
    this.ids = ids;
  }

  /**
   * @param checkpoint on record now
   * @param known it was before
   */
  public record Registered(Checkpoint checkpoint, boolean known) {}

  /**
   * The same content registered again is the same checkpoint.
   *
   * @param digests SHA-256 by file name, for a folder without a manifest
   * @throws UnusableCheckpointException naming the file that is missing or wrong
   */
  public Registered register(String uri, Map<String, String> digests, Actor actor)
      throws IOException, UnusableCheckpointException {
    CheckpointImport.Imported imported = imports.bring(uri, digests);
    return transactions.call(() ->
        checkpoints
            .findByPrefix(imported.prefix())
            .map(known -> new Registered(known, true))
            .orElseGet(() -> new Registered(add(uri, imported, actor), false)));
  }

  private Checkpoint add(String uri, CheckpointImport.Imported imported, Actor actor) {
    CheckpointFiles.Facts facts = imported.facts();
    Checkpoint checkpoint =
        new Checkpoint(
            ids.get(),
            new Checkpoint.FromOutside(uri),
            facts.step(),
            imported.prefix(),
            facts.manifestDigest(),
            facts.bytes(),
            facts.tokenSetId(),
            facts.snapshotId(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            new Checkpoint.Committed(),
            checkpoints.now());
    checkpoints.add(checkpoint);
    events.committed(checkpoint);
    audit.record(
        actor, "checkpoint.register", "/api/v1/checkpoints/" + checkpoint.id(), "from " + uri);
    return checkpoint;
  }

  /** Copies checkpoints into the store. */
  public interface CheckpointImport {

    record Imported(String prefix, CheckpointFiles.Facts facts) {}

    /**
     * Copies the folder at the address below a prefix of its own, its manifest last; makes a
     * manifest for a folder in the released layout that has none.
     *
     * @throws UnusableCheckpointException naming the file that is missing or wrong
     * @throws IllegalArgumentException for an address that must not or cannot be read
     */
    Imported bring(String uri, Map<String, String> digests)
        throws IOException, UnusableCheckpointException;
  }
}
