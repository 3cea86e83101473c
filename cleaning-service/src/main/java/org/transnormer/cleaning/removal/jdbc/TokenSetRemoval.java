package org.transnormer.cleaning.removal.jdbc;

import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;

/** A token set; its files stay while an equal one has them, too. */
final class TokenSetRemoval extends WorkRemoval {

  private final ObjectStore store;
  private final Neighbours neighbours;

  TokenSetRemoval(JdbcClient jdbc, ObjectStore store, Neighbours neighbours, String id) {
    super(jdbc, WorkKind.TOKEN_SET, Kind.TOKEN_SET, id);
    this.store = store;
    this.neighbours = neighbours;
  }

  @Override
  List<String> others() {
    return neighbours.referrers(Kind.TOKEN_SET, id(), List.of("trainer"));
  }

  @Override
  public Contents contents() {
    List<String> folders =
        texts(
            """
            select prefix from token_set t
             where id = :id
               and not exists (select 1 from token_set o
                                where o.prefix = t.prefix and o.id <> t.id)
            """);
    long tokens =
        jdbc.sql("select coalesce(train_tokens + heldout_tokens, 0) from token_set where id = :id")
            .param("id", id())
            .query(Long.class)
            .single();
    return new Contents(Map.of("tokens", tokens), Folders.bytes(store, folders), folders);
  }
}
