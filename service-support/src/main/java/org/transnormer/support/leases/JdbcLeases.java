package org.transnormer.support.leases;

import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Leases as rows. Uses clock_timestamp(): now() stands still within a transaction. */
public final class JdbcLeases implements Leases {
  private final JdbcClient jdbc;

  public JdbcLeases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Lease> acquire(String name, String owner, Duration ttl) {
    return jdbc.sql(
            """
            INSERT INTO lease (name, owner, epoch, expires_at)
            VALUES (:name, :owner, 1, clock_timestamp() + :ttl * interval '1 millisecond')
            ON CONFLICT (name) DO UPDATE
               SET owner = excluded.owner, epoch = lease.epoch + 1,
                   expires_at = clock_timestamp() + :ttl * interval '1 millisecond'
             WHERE lease.expires_at <= clock_timestamp()
            RETURNING epoch
            """)
        .param("name", name)
        .param("owner", owner)
        .param("ttl", ttl.toMillis())
        .query(Long.class)
        .optional()
        .map(epoch -> new Lease(name, owner, epoch));
  }

  @Override
  public boolean renew(Lease lease, Duration ttl) {
    return jdbc.sql(
                """
                UPDATE lease SET expires_at = clock_timestamp() + :ttl * interval '1 millisecond'
                 WHERE name = :name AND epoch = :epoch
                """)
            .param("name", lease.name())
            .param("epoch", lease.epoch())
            .param("ttl", ttl.toMillis())
            .update()
        == 1;
  }

  @Override
  public void release(Lease lease) {
    jdbc.sql(
            """
            UPDATE lease SET expires_at = clock_timestamp()
             WHERE name = :name AND epoch = :epoch AND expires_at > clock_timestamp()
            """)
        .param("name", lease.name())
        .param("epoch", lease.epoch())
        .update();
  }

  @Override
  public void requireCurrent(Lease lease) {
    Optional<Long> current =
        jdbc.sql("SELECT epoch FROM lease WHERE name = :name FOR SHARE")
            .param("name", lease.name())
            .query(Long.class)
            .optional();
    if (current.isEmpty() || current.get() != lease.epoch()) {
      throw new StaleEpochException(lease.name(), lease.epoch());
    }
  }
}
