package org.transnormer.corpus.catalogue;

import java.util.Map;
import org.transnormer.artifacts.documents.ShardRef;

/**
 * A shard with what its documents say of themselves.
 *
 * @param languages documents by language; those that name none are under the empty name
 */
public record CountedShard(ShardRef ref, Map<String, Long> languages) {
  public CountedShard {
    languages = Map.copyOf(languages);
  }
}
