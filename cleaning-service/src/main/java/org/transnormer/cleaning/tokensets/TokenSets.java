package org.transnormer.cleaning.tokensets;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Token sets by id. */
public interface TokenSets {

  /** Adds one whose work exists. */
  void add(String id, String snapshotId, String tokenizerId, String tokenizerSha256, String prefix);

  /**
   * @param id of the resource, or digest of the manifest
   */
  Optional<TokenSetRecord> find(String id);

  /** Newest first. */
  List<TokenSetRecord> list(@Nullable String snapshotId, @Nullable String after, int limit);

  void made(String id, TokenSetRecord.Result result);
}
