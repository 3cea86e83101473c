package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.ObjectStore;

/**
 * Writes what an evaluation model makes of a shard's documents. They may come in any order; one
 * that never comes was not asked for. Not thread-safe.
 */
public final class ScoreWriter implements AutoCloseable {
  public static final String SCORED = "scored";

  /** The document should have been scored and could not; the reason says why. */
  public static final String UNSCORED = "unscored";

  /** The document had been dropped before the round. */
  public static final String NOT_ASKED = "not-asked";

  static final String FORMAT = "tnl/cleaning-scores/1";
  static final String STATE = "state";
  static final String REASON = "reason";
  static final String NATS = "nats_per_token";
  static final String TOKENS = "tokens";

  private final SidecarFile file;
  private final String evaluation;
  private final double[] nats;
  private final long[] tokens;
  private final Map<Integer, String> unscored = new HashMap<>();

  private ScoreWriter(SidecarFile file, int documents, String evaluation) {
    this.file = file;
    this.evaluation = evaluation;
    this.nats = new double[documents];
    this.tokens = new long[documents];
    Arrays.fill(nats, Double.NaN);
  }

  /**
   * @param round counted from 1
   * @param evaluation digest of the model that scores
   */
  public static ScoreWriter create(
      ObjectStore store, SidecarLayout layout, int round, AnnotatedShard shard, String evaluation)
      throws IOException {
    List<Column> columns =
        List.of(
            Column.ofLabel(STATE),
            Column.ofLabel(REASON),
            Column.ofDouble(NATS),
            Column.ofLong(TOKENS));
    SidecarFile file =
        SidecarFile.create(
            store, layout.scores(round, shard.raw()), FORMAT, columns, shard.documents());
    return new ScoreWriter(file, Math.toIntExact(shard.documents()), evaluation);
  }

  /**
   * @param natsPerToken mean negative log likelihood; one that is no number is noted as unscored
   * @param scoredTokens how many tokens the mean is over
   */
  public void scored(int ordinal, double natsPerToken, long scoredTokens) {
    if (!Double.isFinite(natsPerToken) || natsPerToken < 0 || scoredTokens < 1) {
      unscored(ordinal, "the model's answer is no likelihood");
      return;
    }
    nats[ordinal] = natsPerToken;
    tokens[ordinal] = scoredTokens;
  }

  public void unscored(int ordinal, String reason) {
    if (ordinal < 0 || ordinal >= nats.length) {
      throw new IndexOutOfBoundsException("no document " + ordinal + " of " + nats.length);
    }
    unscored.put(ordinal, reason);
  }

  public void commit() throws IOException {
    long scored = 0;
    for (int ordinal = 0; ordinal < nats.length; ordinal++) {
      String reason = unscored.get(ordinal);
      boolean has = reason == null && !Double.isNaN(nats[ordinal]);
      scored += has ? 1 : 0;
      file.row()
          .put(reason != null ? UNSCORED : has ? SCORED : NOT_ASKED)
          .put(reason == null ? "" : reason)
          .put(has ? nats[ordinal] : Double.NaN)
          .put(has ? tokens[ordinal] : 0L)
          .endRow();
    }
    file.commit(
        CanonicalJson.object()
            .put("evaluation", evaluation)
            .put("scored", scored)
            .put("unscored", unscored.size()));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
