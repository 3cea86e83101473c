package org.transnormer.cleaning.tokenizers;

import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.work.Work;

/**
 * A tokenizer that is made, was made, or came from outside.
 *
 * @param snapshotId what it learns from; absent if it came from outside
 * @param vocabSize asked for; what it has once it exists
 * @param sha256 of its {@code tokenizer.json}, once it exists
 */
public record TokenizerRecord(
    Work work,
    @Nullable String name,
    @Nullable String snapshotId,
    int vocabSize,
    Origin origin,
    @Nullable String sha256,
    @Nullable String prefix) {

  /** Where a tokenizer comes from. */
  public enum Origin {
    TRAINED,
    REGISTERED
  }

  public String id() {
    return work.id();
  }
}
