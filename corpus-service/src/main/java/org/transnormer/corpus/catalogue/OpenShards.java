package org.transnormer.corpus.catalogue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.ObjectStore;

/**
 * Keeps a bounded number of readers: each holds an index and one frame in memory. A reader that was
 * dropped can be used to its end.
 */
public final class OpenShards {
  private final ObjectStore store;
  private final Map<String, DocumentShardReader> readers;

  public OpenShards(ObjectStore store, int most) {
    this.store = store;
    this.readers =
        new LinkedHashMap<>(most, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, DocumentShardReader> eldest) {
            return size() > most;
          }
        };
  }

  public DocumentShardReader open(ShardRef shard) throws IOException {
    synchronized (readers) {
      DocumentShardReader known = readers.get(shard.prefix());
      if (known != null) {
        return known;
      }
    }
    DocumentShardReader opened = DocumentShardReader.open(store, shard);
    synchronized (readers) {
      DocumentShardReader faster = readers.putIfAbsent(shard.prefix(), opened);
      return faster == null ? opened : faster;
    }
  }

  public void forget(String prefix) {
    synchronized (readers) {
      readers.remove(prefix);
    }
  }
}
