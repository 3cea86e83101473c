package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.transnormer.cleaning.recipe.RoundSpec;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * Draws documents whose rank lies within the recipe's band around a cut, equally many per stratum
 * and side where there are enough. The draw is by a hash of the document's id.
 */
final class ReviewSample {
  private record Drawn(long draw, ReviewCandidate candidate) {}

  /** Scores from {@code from} to below {@code to} lie near the limit. */
  private record Band(Cut cut, double limit, double from, double to) {
    boolean holds(double nats) {
      return nats >= from && nats < to;
    }
  }

  private static final Comparator<Drawn> LARGEST_FIRST =
      Comparator.comparingLong(Drawn::draw)
          .thenComparing(drawn -> drawn.candidate().documentId())
          .reversed();

  private final RoundSpec spec;
  private final int round;
  private final Strata.Cuts cuts;
  private final Map<String, List<Band>> bands = new TreeMap<>();
  private final Map<String, PriorityQueue<Drawn>> queues = new TreeMap<>();
  private final int each;

  ReviewSample(RoundSpec spec, int round, Strata.Cuts cuts) {
    this.spec = spec;
    this.round = round;
    this.cuts = cuts;
    for (Cut cut : cuts.distinct()) {
      bands.put(cut.stratum(), bands(cut));
    }
    int groups = 2 * bands.values().stream().mapToInt(List::size).sum();
    this.each = groups == 0 ? 0 : Math.ceilDiv(spec.review().documents(), groups);
  }

  private List<Band> bands(Cut cut) {
    ScoreHistogram scores = cuts.histograms().get(cut.stratum());
    List<Band> found = new ArrayList<>();
    if (scores == null) {
      return found;
    }
    long reach = Math.max(1, Strata.share(cut.scored(), spec.review().bandPercent()));
    if (cut.lowest() > 0) {
      found.add(band(cut, cut.lowest(), scores, reach));
    }
    if (Double.isFinite(cut.highest())) {
      found.add(band(cut, cut.highest(), scores, reach));
    }
    return found;
  }

  private static Band band(Cut cut, double limit, ScoreHistogram scores, long reach) {
    long below = scores.countBelow(limit);
    double from = scores.edgeAbove(Math.max(0, below - reach));
    double to = scores.edgeBelow(Math.max(0, scores.count() - below - reach));
    return new Band(cut, limit, Math.min(from, limit), Math.max(to, limit));
  }

  /**
   * @param ids of the shard's documents, 16 bytes each
   */
  void offer(int shard, ShardDecider open, byte[] ids) throws IOException {
    if (each == 0) {
      return;
    }
    open.forEachOpen(
        round,
        (ordinal, stratum, scores) -> {
          Cut cut = cuts.byStratum().get(stratum);
          if (cut == null || !scores.scored(ordinal)) {
            return;
          }
          double nats = scores.nats()[ordinal];
          for (Band band : bands.getOrDefault(cut.stratum(), List.of())) {
            if (band.holds(nats)) {
              offer(shard, ordinal, ids, nats, band);
            }
          }
        });
  }

  private void offer(int shard, int ordinal, byte[] ids, double nats, Band band) {
    Cut cut = band.cut;
    boolean kept = !cut.tooLow(nats) && !cut.tooHigh(nats);
    ByteBuffer id = ByteBuffer.wrap(ids, ordinal * 16, 16);
    long draw = PrefixHash.mix(PrefixHash.mix(id.getLong() + round) ^ id.getLong());
    String documentId =
        HexFormat.of().formatHex(Arrays.copyOfRange(ids, ordinal * 16, ordinal * 16 + 16));
    PriorityQueue<Drawn> queue =
        queues.computeIfAbsent(
            cut.stratum() + '\0' + band.limit + '\0' + kept,
            _ -> new PriorityQueue<>(LARGEST_FIRST));
    queue.add(
        new Drawn(
            draw,
            new ReviewCandidate(
                documentId, shard, ordinal, cut.stratum(), nats, band.limit, kept)));
    if (queue.size() > each) {
      queue.poll();
    }
  }

  List<ReviewCandidate> chosen() {
    return queues.values().stream()
        .flatMap(PriorityQueue::stream)
        .sorted(Comparator.comparingLong(Drawn::draw))
        .map(Drawn::candidate)
        .distinct()
        .limit(spec.review().documents())
        .toList();
  }
}
