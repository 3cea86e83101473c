package org.transnormer.trainer.aliases;

import java.util.Optional;
import java.util.OptionalLong;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.sql.Transactions;

/** Points an alias at a checkpoint. */
public final class MoveAlias {

  private final Aliases aliases;
  private final Checkpoints checkpoints;
  private final AliasEvents events;
  private final Audit audit;
  private final Transactions transactions;

  public MoveAlias(
      Aliases aliases,
      Checkpoints checkpoints,
      AliasEvents events,
      Audit audit,
      Transactions transactions) {
    this.aliases = aliases;
    this.checkpoints = checkpoints;
    this.events = events;
    this.audit = audit;
    this.transactions = transactions;
  }

  public sealed interface Outcome {}

  /**
   * @param created the alias is new
   */
  public record Moved(Alias alias, boolean created) implements Outcome {}

  /** It points there already; nothing was done and nobody is told. */
  public record Unchanged(Alias alias) implements Outcome {}

  /** Unknown, damaged or given up. */
  public record NoSuchCheckpoint() implements Outcome {}

  /** Somebody moved it since. */
  public record OtherVersion(Optional<Alias> alias) implements Outcome {}

  /**
   * @param expectedVersion moves only an alias of this version; 0 for one that must not exist
   */
  public Outcome move(String name, String checkpointId, OptionalLong expectedVersion, Actor actor) {
    return transactions.call(() -> {
      Optional<Alias> before = aliases.lock(name);
      long version = before.map(Alias::version).orElse(0L);
      if (expectedVersion.isPresent() && expectedVersion.getAsLong() != version) {
        return new OtherVersion(before);
      }
      // held, so that it cannot be given up before the alias refers to it
      Optional<Checkpoint> target = checkpoints.hold(checkpointId);
      if (target.isEmpty()) {
        return new NoSuchCheckpoint();
      }
      if (before.isPresent() && before.get().checkpointId().equals(checkpointId)) {
        return new Unchanged(before.get());
      }
      Alias after = aliases.move(name, checkpointId, version + 1, actor.name());
      Optional<String> previous = before.map(Alias::checkpointId);
      events.moved(after, previous);
      audit.record(
          actor,
          "alias.move",
          "/api/v1/aliases/" + name,
          previous.map(from -> "from " + from + " ").orElse("") + "to " + checkpointId);
      return new Moved(after, before.isEmpty());
    });
  }
}
