package org.transnormer.cleaning.runs;

import java.io.IOException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.decide.Decisions;
import org.transnormer.cleaning.decide.ReviewDecisions;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.sidecar.CorpusSidecars;

/** Decides over the sidecars of a run. */
public final class RunDecisions {

  private final ObjectStore store;
  private final CleaningRuns runs;
  private final ReviewItems review;

  public RunDecisions(ObjectStore store, CleaningRuns runs, ReviewItems review) {
    this.store = store;
    this.runs = runs;
    this.review = review;
  }

  /** Decisions with the sidecars they were taken from. */
  public record Opened(Decisions decisions, CorpusSidecars corpus) implements AutoCloseable {
    @Override
    public void close() {
      try (corpus) {
        decisions.close();
      }
    }
  }

  /**
   * @param scoredRounds rounds whose scores are applied
   */
  public Opened open(CleaningRun run, int scoredRounds) throws IOException {
    return open(run, run.recipe(), scoredRounds);
  }

  /**
   * @param recipe the run's, or one with other limits
   */
  public Opened open(CleaningRun run, Recipe recipe, int scoredRounds) throws IOException {
    CorpusSidecars corpus =
        CorpusSidecars.open(store, RunArtifacts.layout(run.id()), runs.annotatedShards(run.id()));
    try {
      return new Opened(
          Decisions.prepare(recipe, corpus, scoredRounds, decisions(run.id())), corpus);
    } catch (IOException | RuntimeException e) {
      corpus.close();
      throw e;
    }
  }

  /** What people have decided so far. */
  public ReviewDecisions decisions(String runId) {
    ReviewDecisions decisions = ReviewDecisions.none();
    review.applied(runId).forEach(item -> decisions.add(item.part(), item.ordinal(), item.keeps()));
    return decisions;
  }
}
