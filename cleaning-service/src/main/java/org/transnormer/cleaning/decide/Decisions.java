package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * What a recipe makes of an annotated corpus. {@link #prepare} looks over all shards once for what
 * depends on more than one (which document of a cluster stays, where percentiles lie); then every
 * shard can be decided for itself, in any order and by several threads.
 */
public final class Decisions implements AutoCloseable {
  private final Recipe recipe;
  private final CorpusSidecars corpus;
  private final int scoredRounds;
  private final ReviewDecisions review;
  private final Map<Likeness, Survivors> survivors = new EnumMap<>(Likeness.class);
  private final List<Strata.Cuts> cuts = new ArrayList<>();

  private Decisions(
      Recipe recipe, CorpusSidecars corpus, int scoredRounds, ReviewDecisions review) {
    this.recipe = recipe;
    this.corpus = corpus;
    this.scoredRounds = scoredRounds;
    this.review = review;
  }

  /**
   * @param scoredRounds self-cleaning rounds whose scores exist and are to be applied; what is kept
   *     after r rounds is what round r + 1 has to score
   * @throws IllegalArgumentException if the corpus was annotated by a recipe that measures
   *     otherwise
   */
  public static Decisions prepare(
      Recipe recipe, CorpusSidecars corpus, int scoredRounds, ReviewDecisions review)
      throws IOException {
    requireAnnotation(recipe, corpus);
    if (scoredRounds < 0 || scoredRounds > recipe.rounds().size()) {
      throw new IllegalArgumentException("the recipe has no round " + scoredRounds);
    }
    Decisions decisions = new Decisions(recipe, corpus, scoredRounds, review);
    try {
      decisions.chooseSurvivors();
      for (int round = 1; round <= scoredRounds; round++) {
        decisions.cut(round);
      }
      return decisions;
    } catch (IOException | RuntimeException e) {
      decisions.close();
      throw e;
    }
  }

  private static void requireAnnotation(Recipe recipe, CorpusSidecars corpus) throws IOException {
    String hash = recipe.annotationHash();
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      if (!corpus.shard(shard).annotationHash().equals(hash)) {
        throw new IllegalArgumentException(
            "the corpus was annotated with other text steps, profile or duplicate settings");
      }
    }
  }

  private static List<Likeness> likenesses(DuplicateSpec spec) {
    List<Likeness> wanted = new ArrayList<>();
    if (spec.exact()) {
      wanted.add(Likeness.EXACT);
    }
    if (spec.near()) {
      wanted.add(Likeness.NEAR);
    }
    return wanted;
  }

  private void chooseSurvivors() throws IOException {
    List<Likeness> wanted = likenesses(recipe.duplicates());
    if (wanted.isEmpty() || corpus.shards().isEmpty()) {
      return;
    }
    for (Likeness likeness : wanted) {
      long clusters = corpus.shard(0).clusterCount(likeness);
      if (clusters < 0 || clusters > corpus.documents()) {
        throw new CorruptArtifactException(
            corpus.shards().getFirst().raw().prefix(), "has " + clusters + " clusters");
      }
      survivors.put(likeness, new Survivors(clusters));
    }
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      ShardDecider decider = decider(shard);
      for (Likeness likeness : wanted) {
        decider.propose(likeness, survivors(likeness));
      }
    }
  }

  private Survivors survivors(Likeness likeness) {
    Survivors found = survivors.get(likeness);
    if (found == null) {
      throw new IllegalStateException("no survivors of " + likeness);
    }
    return found;
  }

  private ShardDecider decider(int shard) throws IOException {
    return new ShardDecider(recipe, shard, corpus.shard(shard), corpus.offset(shard));
  }

  /** The shard's documents as they stand before a round is cut. */
  private ShardDecider before(int round, int shard) throws IOException {
    ShardDecider decider = decider(shard);
    for (Likeness likeness : survivors.keySet()) {
      decider.applyDuplicates(likeness, survivors(likeness));
    }
    for (int earlier = 1; earlier < round; earlier++) {
      decider.applyCuts(earlier, cuts.get(earlier - 1), review);
    }
    return decider;
  }

  private void cut(int round) throws IOException {
    Strata strata = new Strata();
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      before(round, shard).collect(round, strata);
    }
    cuts.add(strata.cuts(round, recipe.rounds().get(round - 1).cut()));
  }

  public Recipe recipe() {
    return recipe;
  }

  public CorpusSidecars corpus() {
    return corpus;
  }

  public int scoredRounds() {
    return scoredRounds;
  }

  public ShardDecision decide(int shard) throws IOException {
    return before(scoredRounds + 1, shard).finish(review);
  }

  /** Counts over all shards, which balance. */
  public Counts counts() throws IOException {
    Counts sum = Counts.NONE;
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      sum = sum.plus(decide(shard).counts());
    }
    return sum.requireBalanced("decide");
  }

  /**
   * @param round counted from 1
   */
  public List<Cut> cuts(int round) {
    return cuts.get(round - 1).distinct();
  }

  /** Documents near the cuts of a round for people to look at; the same for the same scores. */
  public List<ReviewCandidate> reviewSample(int round) throws IOException {
    ReviewSample sample =
        new ReviewSample(recipe.rounds().get(round - 1), round, cuts.get(round - 1));
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      sample.offer(shard, before(round, shard), corpus.shard(shard).documentIds());
    }
    return sample.chosen();
  }

  /** Everything known about one document. */
  public Explanation explain(int shard, int ordinal) throws IOException {
    return Explanation.of(this, shard, ordinal);
  }

  /** Whether the document is the one of its cluster that stays. */
  boolean survives(Likeness likeness, long cluster, int shard, int ordinal) {
    return survivors(likeness).of(cluster) == corpus.offset(shard) + ordinal;
  }

  List<Likeness> likenesses() {
    return List.copyOf(survivors.keySet());
  }

  @Override
  public void close() {
    survivors.values().forEach(Survivors::close);
    survivors.clear();
  }
}
