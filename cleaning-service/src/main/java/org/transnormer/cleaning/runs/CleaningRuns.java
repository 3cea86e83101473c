package org.transnormer.cleaning.runs;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.AnnotatedShard;

/** Cleaning runs and the shards each of them works on. */
public interface CleaningRuns {

  /** Adds a run whose work exists. */
  void add(String id, String corpusId, Recipe recipe);

  Optional<CleaningRun> find(String id);

  /** The run that made a snapshot; the first if several made the same. */
  Optional<CleaningRun> findBySnapshot(String snapshotId);

  /**
   * Newest first.
   *
   * @param after the last id of the page before
   */
  List<CleaningRun> list(@Nullable String corpusId, @Nullable String after, int limit);

  /** Freezes the shards in the order given; nothing happens if they are frozen. */
  void freeze(String id, List<ShardRef> shards);

  /** The frozen shards, in order. */
  List<ShardRef> shards(String id);

  void annotated(String id, int part, AnnotatedShard shard);

  /** What annotating left behind, in order, as far as it has come. */
  List<AnnotatedShard> annotatedShards(String id);

  void recordDuplicates(String id, CleaningRun.Duplicates duplicates);

  void recordResult(String id, CleaningRun.Result result);
}
