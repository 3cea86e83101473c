package org.transnormer.trainer.runs;

import java.io.IOException;
import java.util.Optional;

/** The token sets in the object store, as far as a run's specification depends on them. */
public interface TokenSets {

  /**
   * @param id the name of its folder, or what {@link TokenSetNames} knows it by
   * @param manifestDigest names the content
   * @param trainTokens a batch is drawn from them
   */
  record TokenSetFacts(
      String id,
      String prefix,
      String manifestDigest,
      String snapshotId,
      int vocabSize,
      int eosToken,
      long trainTokens,
      long heldoutTokens) {

    TokenSetFacts named(String newId) {
      return new TokenSetFacts(
          newId,
          prefix,
          manifestDigest,
          snapshotId,
          vocabSize,
          eosToken,
          trainTokens,
          heldoutTokens);
    }
  }

  /** Empty when nothing is committed under the prefix. */
  Optional<TokenSetFacts> find(String prefix) throws IOException;
}
