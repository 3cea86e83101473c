package org.transnormer.cleaning.runs;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.work.Work;

/**
 * One corpus cleaned by one recipe.
 *
 * @param recipe as it runs: the named version with the overrides of this run
 * @param recipeHash of {@code recipe}, so that overrides show
 * @param result once the snapshot is committed
 */
public record CleaningRun(
    Work work,
    String corpusId,
    Recipe recipe,
    String recipeHash,
    @Nullable Duplicates duplicates,
    @Nullable Result result) {

  public String id() {
    return work.id();
  }

  public Optional<Result> outcome() {
    return Optional.ofNullable(result);
  }

  /** Clusters of documents that are alike, whether kept or not. */
  public record Duplicates(long exactClusters, long nearClusters, long clusteredDocuments) {}

  /** What the run made. */
  public record Result(
      String snapshotId,
      String snapshotPrefix,
      long documents,
      long kept,
      long train,
      long heldout) {}
}
