package org.transnormer.cleaning.materialise;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotRef;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.decide.ConservationException;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.decide.Decisions;
import org.transnormer.cleaning.decide.ShardDecision;
import tools.jackson.databind.node.ObjectNode;

/** Collects decided shards and writes them as a snapshot. Shards may come in any order. */
public final class Materialiser {
  private final Map<ShardRef, SnapshotShard> shards = new LinkedHashMap<>();
  private Counts counts = Counts.NONE;

  /**
   * A snapshot of every shard.
   *
   * @param attributes facts for the reader; not part of the snapshot's id
   */
  public static SnapshotRef write(ObjectStore store, Decisions decisions, ObjectNode attributes)
      throws IOException {
    Materialiser materialiser = new Materialiser();
    for (int shard = 0; shard < decisions.corpus().shards().size(); shard++) {
      materialiser.add(decisions.corpus().shards().get(shard).text(), decisions.decide(shard));
    }
    return materialiser.commit(store, decisions.recipe().hash(), attributes);
  }

  /**
   * @param text the normalised shard that was decided
   */
  public void add(ShardRef text, ShardDecision decision) {
    counts = counts.plus(decision.counts());
    if (decision.counts().kept() > 0) {
      // Raw shards that differ in what normalising removes share one normalised shard.
      shards.merge(
          text, new SnapshotShard(text, decision.train(), decision.heldOut()), Materialiser::join);
    }
  }

  private static SnapshotShard join(SnapshotShard a, SnapshotShard b) {
    return new SnapshotShard(
        a.shard(),
        RoaringBitmap.or(a.train(), b.train()),
        RoaringBitmap.or(a.heldout(), b.heldout()));
  }

  /** Counts of what was added. */
  public Counts counts() {
    return counts;
  }

  /**
   * @throws ConservationException if the snapshot does not hold what was decided to be kept
   */
  public SnapshotRef commit(ObjectStore store, String recipeHash, ObjectNode attributes)
      throws IOException {
    counts.requireBalanced("materialise");
    List<SnapshotShard> list = new ArrayList<>(shards.values());
    Snapshot snapshot = Snapshot.of(recipeHash, list, attributes);
    long written = snapshot.trainDocuments() + snapshot.heldoutDocuments();
    if (written != counts.kept()) {
      throw new ConservationException(
          "materialise", counts.in(), written, counts.droppedInAll(), counts.failed());
    }
    return snapshot.commit(store);
  }
}
