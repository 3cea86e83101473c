package org.transnormer.cleaning.tokenizers;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokenizers by id. */
public interface Tokenizers {

  /** Adds one whose work exists. */
  void add(
      String id,
      @Nullable String name,
      @Nullable String snapshotId,
      int vocabSize,
      TokenizerRecord.Origin origin);

  /**
   * @param id of the resource, or SHA-256 of the {@code tokenizer.json}
   */
  Optional<TokenizerRecord> find(String id);

  /** Keeps it from being removed until the transaction ends; false when there is none. */
  boolean hold(String id);

  /** Newest first. */
  List<TokenizerRecord> list(@Nullable String snapshotId, @Nullable String after, int limit);

  void made(String id, String sha256, String prefix, int vocabSize);
}
