package org.transnormer.corpus.garbage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.OpenShards;
import org.transnormer.support.Transactions;

/** Deletes the objects of folders whose time has come, but never what a snapshot refers to. */
public final class SweepStore {
  private static final Logger LOG = LoggerFactory.getLogger(SweepStore.class);

  private final Garbage garbage;
  private final ObjectStore store;
  private final OpenShards readers;
  private final Transactions transactions;

  public SweepStore(
      Garbage garbage, ObjectStore store, OpenShards readers, Transactions transactions) {
    this.garbage = garbage;
    this.store = store;
    this.readers = readers;
    this.transactions = transactions;
  }

  public void sweep() {
    while (transactions.inTransaction(this::sweepOne)) {
      LOG.debug("one folder removed");
    }
  }

  private boolean sweepOne() {
    return garbage
        .due()
        .map(prefix -> {
          delete(prefix, garbage.referredTo(prefix));
          garbage.removed(prefix);
          return true;
        })
        .orElse(false);
  }

  private void delete(String prefix, Set<String> kept) {
    try {
      long deleted = 0;
      for (ObjectInfo object : store.list(prefix)) {
        String folder = object.key().substring(0, object.key().lastIndexOf('/'));
        if (!kept.contains(folder)) {
          store.delete(object.key());
          readers.forget(folder);
          deleted++;
        }
      }
      LOG.atInfo()
          .addKeyValue("prefix", prefix)
          .addKeyValue("objects", deleted)
          .addKeyValue("kept", kept.size())
          .log("removed from the store");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
