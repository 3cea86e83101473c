package org.transnormer.cleaning.runs;

import java.util.List;
import java.util.Optional;
import org.transnormer.artifacts.documents.ShardRef;

/** What corpus-service knows of a corpus. */
public interface Corpora {

  /** Waits for the end of a removal that is under way. */
  boolean exists(String corpusId);

  /** All shards of a corpus in an order that does not change. */
  List<ShardRef> shards(String corpusId);

  /** Where a document lies; several corpora may have it, then any of its places. */
  Optional<Location> locate(String documentId);

  /** A place in a raw shard. */
  record Location(String shard, int ordinal) {}
}
