package org.transnormer.cleaning.removal.jdbc;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.removal.Removables;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;

@Repository
class JdbcRemovables implements Removables {

  private final JdbcClient jdbc;
  private final ObjectStore store;
  private final Neighbours neighbours;

  JdbcRemovables(JdbcClient jdbc, ObjectStore store, Neighbours neighbours) {
    this.jdbc = jdbc;
    this.store = store;
    this.neighbours = neighbours;
  }

  @Override
  public Removable cleaningRun(String id) {
    return new CleaningRunRemoval(jdbc, store, neighbours, id);
  }

  @Override
  public Removable tokenizer(String id) {
    return new TokenizerRemoval(jdbc, store, id);
  }

  @Override
  public Removable tokenSet(String id) {
    return new TokenSetRemoval(jdbc, store, neighbours, id);
  }
}
