package org.transnormer.corpus.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.support.Page;

/** The documents of corpora, read from their shards. */
public final class Catalogue {
  private static final int SHARDS_AT_ONCE = 100;
  private static final String LANGUAGE = "language";

  private final Shards shards;
  private final OpenShards readers;
  private final int mostScanned;

  /**
   * @param mostScanned documents looked at for one page, so that a filter which matches nothing
   *     answers in time
   */
  public Catalogue(Shards shards, OpenShards readers, int mostScanned) {
    this.shards = shards;
    this.readers = readers;
    this.mostScanned = mostScanned;
  }

  /** What a list is restricted to; null does not restrict. */
  public record Filter(@Nullable String source, @Nullable String language) {
    boolean takes(IndexedDocument document) {
      return language == null || language.equals(document.document().metadata().get(LANGUAGE));
    }
  }

  public Optional<FoundDocument> find(String documentId) throws IOException {
    for (CataloguedShard shard : shards.holding(documentId)) {
      try {
        DocumentShardReader reader = readers.open(shard.ref());
        OptionalLong ordinal = reader.find(documentId);
        if (ordinal.isPresent()) {
          long at = ordinal.getAsLong();
          return Optional.of(new FoundDocument(shard, at, reader.read(at)));
        }
      } catch (NoSuchObjectException e) {
        // removed since the list was read
        readers.forget(shard.ref().prefix());
      }
    }
    return Optional.empty();
  }

  /**
   * A page in order of shards and ordinals. It may be short, even empty, and yet have a next one.
   */
  public Page<FoundDocument> list(
      String corpusId, Filter filter, @Nullable DocumentCursor after, int limit)
      throws IOException {
    Scan scan = new Scan(filter, limit);
    String from = after == null ? null : after.shard();
    while (true) {
      List<CataloguedShard> some = shards.list(corpusId, filter.source(), from, SHARDS_AT_ONCE);
      for (CataloguedShard shard : some) {
        boolean continued = after != null && after.shard().equals(shard.ref().sha256());
        long begin = continued && after != null ? after.ordinal() : 0;
        DocumentCursor stopped = scan.shard(shard, begin);
        if (stopped != null) {
          return new Page<>(scan.found, stopped.text());
        }
      }
      if (some.size() < SHARDS_AT_ONCE) {
        return new Page<>(scan.found, null);
      }
      from = some.getLast().ref().sha256() + "~"; // sorts behind the digest itself
    }
  }

  private final class Scan {
    private final Filter filter;
    private final int limit;
    private final List<FoundDocument> found = new ArrayList<>();
    private int scanned;

    Scan(Filter filter, int limit) {
      this.filter = filter;
      this.limit = limit;
    }

    /** Returns where to go on when the page is full before the shard ends. */
    @Nullable DocumentCursor shard(CataloguedShard shard, long begin) throws IOException {
      DocumentShardReader reader = readers.open(shard.ref());
      long from = Math.min(begin, reader.count());
      try (var documents = reader.documents(from)) {
        for (Iterator<IndexedDocument> each = documents.iterator(); each.hasNext(); ) {
          IndexedDocument document = each.next();
          if (found.size() == limit || scanned == mostScanned) {
            return new DocumentCursor(shard.ref().sha256(), document.ordinal());
          }
          scanned++;
          if (filter.takes(document)) {
            found.add(new FoundDocument(shard, document.ordinal(), document.document()));
          }
        }
        return null;
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }
}
