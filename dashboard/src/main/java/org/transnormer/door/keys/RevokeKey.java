package org.transnormer.door.keys;

import org.transnormer.door.audit.Audit;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Ends a key at once, and with it every session that was opened with it. */
public final class RevokeKey {
  private final Keys keys;
  private final Audit audit;
  private final Transactions transactions;

  public RevokeKey(Keys keys, Audit audit, Transactions transactions) {
    this.keys = keys;
    this.audit = audit;
    this.transactions = transactions;
  }

  public void revoke(String id, Caller by) {
    transactions.inTransaction(() -> {
      switch (keys.revoke(id)) {
        case REVOKED -> audit.note(by, "key.revoke", "/api/v1/keys/" + id, null);
        case UNKNOWN -> throw new NotFoundProblem("key", id);
        case LAST_ADMIN ->
            throw new ConflictProblem(
                "this is the last admin key; make another before it is revoked");
      }
    });
  }
}
