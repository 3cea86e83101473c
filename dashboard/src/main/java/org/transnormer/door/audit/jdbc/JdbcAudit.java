package org.transnormer.door.audit.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.audit.Audit;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.events.AuditEvent;

public final class JdbcAudit implements Audit {
  private final JdbcClient jdbc;

  public JdbcAudit(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void record(String eventId, AuditEvent event) {
    jdbc.sql(
            """
            insert into audit (id, event_id, at, actor, role, action, resource, service, detail)
            values (:id, :eventId, :at, :actor, :role, :action, :resource, :service, :detail)
            on conflict (event_id) do nothing\
            """)
        .param("id", Ids.next())
        .param("eventId", eventId)
        .param("at", Timestamp.from(event.at()))
        .param("actor", event.actor())
        .param("role", event.role())
        .param("action", event.action())
        .param("resource", event.resource())
        .param("service", event.service())
        .param("detail", event.detail())
        .update();
  }

  @Override
  public List<AuditEntry> of(Collection<String> resources, int limit) {
    return jdbc.sql(
            """
            select a.*, k.name from audit a left join api_key k on k.id = a.actor
            where a.resource in (:resources) order by a.id desc limit :limit\
            """)
        .param("resources", resources)
        .param("limit", limit)
        .query(JdbcAudit::row)
        .list()
        .reversed();
  }

  @Override
  public Page<AuditEntry> list(Query query, @Nullable String after, int limit) {
    List<AuditEntry> found =
        jdbc.sql(
                """
                select a.*, k.name from audit a left join api_key k on k.id = a.actor
                where (:after::text is null or a.id < :after)
                  and (:actor::text is null or a.actor = :actor or k.name = :actor)
                  and (:action::text is null or a.action = :action)
                  and (:service::text is null or a.service = :service)
                order by a.id desc limit :limit\
                """)
            .param("after", after)
            .param("actor", query.actor())
            .param("action", query.action())
            .param("service", query.service())
            .param("limit", limit + 1)
            .query(JdbcAudit::row)
            .list();
    return Page.of(found, limit, AuditEntry::id);
  }

  private static AuditEntry row(ResultSet row, int index) throws SQLException {
    String name = row.getString("name");
    String actor = row.getString("actor");
    return new AuditEntry(
        row.getString("id"),
        row.getTimestamp("at").toInstant(),
        name == null ? actor : name,
        actor,
        row.getString("role"),
        row.getString("action"),
        row.getString("resource"),
        row.getString("service"),
        row.getString("detail"));
  }
}
