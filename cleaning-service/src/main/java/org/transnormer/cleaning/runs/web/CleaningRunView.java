package org.transnormer.cleaning.runs.web;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.decide.Cut;
import org.transnormer.cleaning.work.web.StageView;
import org.transnormer.support.WorkStatus;

/**
 * A cleaning run.
 *
 * @param drops why documents left, after the latest decision
 * @param duplicates absent until they are counted
 * @param round the latest self-cleaning round; absent in a run without rounds
 * @param counts absent until the snapshot is committed
 */
record CleaningRunView(
    String id,
    String corpusId,
    RecipeRef recipe,
    WorkStatus status,
    List<StageView> stages,
    List<DropView> drops,
    @Nullable DuplicatesView duplicates,
    @Nullable RoundSummary round,
    ReviewCounts review,
    @Nullable CountsView counts,
    @Nullable String snapshotId,
    @Nullable String jobId,
    String launchedBy,
    Instant createdAt) {

  /**
   * @param hash of the recipe as it runs, overrides included
   */
  record RecipeRef(String name, int version, String hash) {}

  record DropView(String stage, String reason, long documents) {}

  record DuplicatesView(long exactClusters, long nearClusters, long clusteredDocuments) {}

  record CountsView(long documents, long kept, long train, long heldout) {}

  /**
   * @param cutPercentile documents with scores above it are cut, within their stratum
   * @param threshold nats per token of that percentile; absent if strata have different ones
   * @param cuts those of each stratum; empty until they are made
   * @param histogram scored documents per {@code histogramNats} from 0 on, the last bin open
   */
  record RoundSummary(
      int number,
      @Nullable String evaluationRunId,
      @Nullable String evaluationCheckpointId,
      @Nullable Double evaluationHeldoutLoss,
      int windowTokens,
      @Nullable Long scored,
      @Nullable Long unscored,
      double cutPercentile,
      double lowPercentile,
      @Nullable Double threshold,
      List<StratumCut> cuts,
      @Nullable List<Long> histogram,
      double histogramNats,
      boolean autoAccept) {}

  /**
   * @param stratum a language or a source; empty if the corpus is one stratum
   * @param highest documents at or above go; absent if none does
   */
  record StratumCut(String stratum, long scored, double lowest, @Nullable Double highest) {

    static StratumCut of(Cut cut) {
      return new StratumCut(
          cut.stratum(),
          cut.scored(),
          cut.lowest(),
          Double.isFinite(cut.highest()) ? Double.valueOf(cut.highest()) : null);
    }
  }

  record ReviewCounts(long pending, long accepted, long rejected, long unsure, long autoAccepted) {}
}
