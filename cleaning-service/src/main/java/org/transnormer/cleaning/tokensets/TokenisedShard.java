package org.transnormer.cleaning.tokensets;

import java.util.List;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.model.data.TokenPart;

/**
 * What became of one shard.
 *
 * @param parts at most one per split; a split without documents has none
 * @param objects the files of the parts, as they lie in the store
 */
public record TokenisedShard(List<TokenPart> parts, List<Manifest.Entry> objects) {
  public TokenisedShard {
    parts = List.copyOf(parts);
    objects = List.copyOf(objects);
  }
}
