package org.transnormer.door.audit;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.security.Caller;

/** The record of who did what. It only grows. */
public interface Audit {

  /** Records an event; one that was recorded before changes nothing. */
  void record(String eventId, AuditEvent event);

  /** What was done to any of these, oldest first; the newest when there is too much of it. */
  List<AuditEntry> of(Collection<String> resources, int limit);

  /** Newest first. */
  Page<AuditEntry> list(Query query, @Nullable String after, int limit);

  /** What to look for; absent parts match everything. */
  record Query(@Nullable String actor, @Nullable String action, @Nullable String service) {}

  /**
   * @param actor name of the key, as long as the door knows it
   * @param actorId the key
   */
  record AuditEntry(
      String id,
      Instant at,
      String actor,
      String actorId,
      String role,
      String action,
      String resource,
      String service,
      @Nullable String detail) {}

  /** Something the door itself did for somebody. */
  default void note(Caller by, String action, String resource, @Nullable String detail) {
    record(
        Ids.next(),
        new AuditEvent(
            by.subject(), by.role().text(), action, resource, Instant.now(), "door", detail));
  }
}
