package org.transnormer.support.removal;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;

/** Announcements in PostgreSQL. */
final class JdbcAnnouncements implements Announcements {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcAnnouncements.class);

  /** What is not redeemed until then never is. */
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  /** Longer than {@link #GOOD_FOR} by more than the transaction that redeems can take. */
  private static final Duration SEEN_FOR = Duration.ofMinutes(10);

  private final JdbcClient jdbc;
  private final Transactions transactions;

  JdbcAnnouncements(JdbcClient jdbc, Transactions transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  @Override
  public <T, X extends Exception> T announce(Kind kind, String id, String referrer, Work<T, X> work)
      throws X {
    String token = UUID.randomUUID().toString();
    transactions.inNewTransaction(() -> insert(token, kind, id, referrer));
    try {
      return work.with(() -> redeem(token));
    } finally {
      withdraw(token);
    }
  }

  /** What cannot be withdrawn now is not looked at any more after a while. */
  private void withdraw(String token) {
    try {
      transactions.inNewTransaction(() -> delete(token));
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("an announced reference stays for {}: {}", SEEN_FOR, e.getMessage());
    }
  }

  /** Forgets on the way what killed processes have left. */
  private void insert(String token, Kind kind, String id, String referrer) {
    jdbc.sql(
            """
            delete from announced_reference
             where announced_at < clock_timestamp() - :seen * interval '1 second'
            """)
        .param("seen", SEEN_FOR.toSeconds())
        .update();
    jdbc.sql(
            """
            insert into announced_reference (token, kind, id, referrer)
            values (:token, :kind, :id, :referrer)
            """)
        .param("token", token)
        .param("kind", kind.text())
        .param("id", id)
        .param("referrer", referrer)
        .update();
  }

  private void redeem(String token) {
    int redeemed =
        jdbc.sql(
                """
                delete from announced_reference
                 where token = :token
                   and announced_at > clock_timestamp() - :good * interval '1 second'
                """)
            .param("token", token)
            .param("good", GOOD_FOR.toSeconds())
            .update();
    if (redeemed == 0) {
      throw new ConflictProblem("what it refers to may have been removed meanwhile; try again");
    }
  }

  private void delete(String token) {
    jdbc.sql("delete from announced_reference where token = ?").param(token).update();
  }

  @Override
  public List<String> to(Kind kind, String id) {
    return jdbc.sql(
            """
            select referrer from announced_reference
             where kind = :kind and id = :id
               and announced_at > clock_timestamp() - :seen * interval '1 second'
            """)
        .param("kind", kind.text())
        .param("id", id)
        .param("seen", SEEN_FOR.toSeconds())
        .query((row, _) -> row.getString(1))
        .list();
  }
}
