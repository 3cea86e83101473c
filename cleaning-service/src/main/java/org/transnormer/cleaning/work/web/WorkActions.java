package org.transnormer.cleaning.work.web;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;

/** What people do to work that exists. Whoever calls has looked that it does. */
@Component
public class WorkActions {

  private final LaunchWork launcher;
  private final AuditTrail audit;
  private final Transactions transactions;

  WorkActions(LaunchWork launcher, AuditTrail audit, Transactions transactions) {
    this.launcher = launcher;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * @param resource path of the resource
   */
  public void stop(String id, String resource) {
    act(resource, "stop", () -> launcher.stop(id), audit::record);
  }

  /** From then on the request's idempotency key stands for the work, if its answer is lost. */
  public void restart(String id, String resource) {
    act(resource, "restart", () -> launcher.restart(id), audit::launched);
  }

  public void abandon(String id, String resource) {
    act(resource, "abandon", () -> launcher.abandon(id), audit::record);
  }

  private interface Note {
    void take(Actor actor, String action, String resource, @Nullable String detail);
  }

  private void act(String resource, String verb, Runnable action, Note note) {
    try {
      action.run();
    } catch (LaunchWork.WrongStateException e) {
      throw new ConflictProblem(String.valueOf(e.getMessage()));
    }
    String kind = resource.split("/", -1)[3];
    String singular = kind.endsWith("s") ? kind.substring(0, kind.length() - 1) : kind;
    transactions.inTransaction(
        () -> note.take(Actors.current(), singular + "." + verb, resource, null));
  }
}
