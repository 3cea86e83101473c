package org.transnormer.support.removal;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/**
 * Removes a thing, unless something refers to it. While others are asked who refers to it the thing
 * is locked, and who is about to refer to it has said so before ({@link Announcements}).
 */
public final class RemoveThings {
  private static final int NAMED = 20;

  /**
   * A removal keeps its connection while it asks other services; the others' questions, and all
   * else here, need some, too.
   */
  private static final int AT_ONCE = 2;

  private final Semaphore places = new Semaphore(AT_ONCE);

  private final String service;
  private final Garbage garbage;
  private final Outbox outbox;
  private final Transactions transactions;
  private final InstantSource clock;

  /**
   * @param service whose things they are, for the audit
   */
  RemoveThings(
      String service,
      Garbage garbage,
      Outbox outbox,
      Transactions transactions,
      InstantSource clock) {
    this.service = service;
    this.garbage = garbage;
    this.outbox = outbox;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * @param dryRun only says what would happen
   * @throws NotFoundProblem when there is no such thing
   * @throws StillReferredToProblem when something refers to it
   * @throws org.transnormer.support.problems.UnavailableProblem when somebody who may refer to it
   *     cannot be asked
   */
  public Removal remove(Removable thing, boolean dryRun, Caller caller) {
    places.acquireUninterruptibly();
    try {
      return transactions.inTransaction(() -> look(thing, dryRun, caller));
    } finally {
      places.release();
    }
  }

  private Removal look(Removable thing, boolean dryRun, Caller caller) {
    if (!thing.lock()) {
      throw new NotFoundProblem(thing.kind().words(), thing.id());
    }
    List<String> referrers = thing.referrers().stream().limit(NAMED).toList();
    Removable.Contents contents = thing.contents();
    Removal removal =
        new Removal(
            thing.kind().text(),
            thing.id(),
            dryRun,
            referrers.isEmpty(),
            contents.extent(),
            contents.bytes(),
            referrers);
    if (!dryRun) {
      remove(thing, contents, removal, caller);
    }
    return removal;
  }

  private void remove(
      Removable thing, Removable.Contents contents, Removal removal, Caller caller) {
    if (!removal.possible()) {
      throw new StillReferredToProblem(removal);
    }
    thing.remove();
    garbage.discard(contents.folders());
    outbox.publish(
        Topics.AUDIT,
        thing.resource(),
        new AuditEvent(
            caller.subject(),
            caller.role().text(),
            thing.kind().text() + ".delete",
            thing.resource(),
            clock.instant(),
            service,
            "%d bytes".formatted(contents.bytes())));
  }
}
