package org.transnormer.cleaning.removal.jdbc;

import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;

/** A tokenizer; its file stays while an equal one has it, too. */
final class TokenizerRemoval extends WorkRemoval {

  private final ObjectStore store;

  TokenizerRemoval(JdbcClient jdbc, ObjectStore store, String id) {
    super(jdbc, WorkKind.TOKENIZER, Kind.TOKENIZER, id);
    this.store = store;
  }

  @Override
  List<String> others() {
    return texts("select 'token set ' || id from token_set where tokenizer_id = :id order by id");
  }

  @Override
  public Contents contents() {
    List<String> folders =
        texts(
            """
            select prefix from tokenizer t
             where id = :id and prefix is not null
               and not exists (select 1 from tokenizer o
                                where o.sha256 = t.sha256 and o.id <> t.id)
               and not exists (select 1 from evaluation_round r
                                where r.tokenizer_sha256 = t.sha256)
            """);
    return new Contents(Map.of(), Folders.bytes(store, folders), folders);
  }
}
