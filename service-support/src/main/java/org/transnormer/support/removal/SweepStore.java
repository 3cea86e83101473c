package org.transnormer.support.removal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.Transactions;

/** Deletes the objects of folders whose time has come, but never what a row refers to. */
final class SweepStore {
  private static final Logger LOG = LoggerFactory.getLogger(SweepStore.class);

  private final Garbage garbage;
  private final ObjectStore store;
  private final Folders folders;
  private final Transactions transactions;

  SweepStore(Garbage garbage, ObjectStore store, Folders folders, Transactions transactions) {
    this.garbage = garbage;
    this.store = store;
    this.folders = folders;
    this.transactions = transactions;
  }

  void sweep() {
    while (transactions.inTransaction(this::sweepOne)) {
      LOG.debug("one folder removed");
    }
  }

  private boolean sweepOne() {
    return garbage
        .due()
        .map(prefix -> {
          delete(prefix, folders.referredTo(prefix));
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
        if (!isBelow(folder, kept)) {
          store.delete(object.key());
          folders.removed(folder);
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

  /** Whether it is one of the others, or lies in one. */
  private static boolean isBelow(String folder, Set<String> others) {
    int end = folder.length();
    while (end > 0) {
      if (others.contains(folder.substring(0, end))) {
        return true;
      }
      end = folder.lastIndexOf('/', end - 1);
    }
    return false;
  }
}
