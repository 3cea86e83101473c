package org.transnormer.door.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.audit.Audit;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

/** Makes a key. The only moment at which its text is known. */
public final class CreateKey {
  private final Keys keys;
  private final Audit audit;
  private final Transactions transactions;

  public CreateKey(Keys keys, Audit audit, Transactions transactions) {
    this.keys = keys;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** A key and, this once, its text. */
  public record Created(ApiKey key, KeySecret secret) {}

  public Created create(String name, Role role, @Nullable Instant expiresAt, Caller by) {
    KeySecret secret = KeySecret.random();
    return transactions.inTransaction(() -> {
      ApiKey key =
          keys.add(
                  new Keys.NewKey(
                      Ids.next(), name, role, secret.hint(), secret.hash(), by.name(), expiresAt))
              .orElseThrow(() -> new IllegalStateException("two random keys are the same"));
      audit.note(by, "key.create", "/api/v1/keys/" + key.id(), name + ", " + role.text());
      return new Created(key, secret);
    });
  }
}
