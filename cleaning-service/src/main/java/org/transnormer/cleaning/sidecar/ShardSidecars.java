package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * The columns of one annotated shard, read when asked for. An index into a column is an ordinal.
 * Not thread-safe.
 */
public final class ShardSidecars {
  private final ObjectStore store;
  private final SidecarLayout layout;
  private final AnnotatedShard shard;

  ShardSidecars(ObjectStore store, SidecarLayout layout, AnnotatedShard shard) {
    this.store = store;
    this.layout = layout;
    this.shard = shard;
  }

  public AnnotatedShard shard() {
    return shard;
  }

  public int documents() {
    return Math.toIntExact(shard.documents());
  }

  /** Hash of the recipe's part that the shard was annotated by, see Recipe.annotationHash. */
  public String annotationHash() throws IOException {
    return AnnotatedShard.annotationHash(store, layout, shard.raw());
  }

  private interface Reading<T> {
    T from(SidecarReader reader) throws IOException;
  }

  private <T> T attribute(Reading<T> reading) throws IOException {
    return read(layout.attributes(shard.raw()), AttributeWriter.FORMAT, reading);
  }

  private <T> T read(String prefix, String format, Reading<T> reading) throws IOException {
    try (SidecarReader reader = SidecarReader.open(store, prefix, format, shard.documents())) {
      return reading.from(reader);
    }
  }

  /** Reads a rule's column into the caller's hands; keeps the file open between columns. */
  public RuleColumns rules() throws IOException {
    return new RuleColumns(
        SidecarReader.open(
            store, layout.attributes(shard.raw()), AttributeWriter.FORMAT, shard.documents()));
  }

  /** Document ids, 16 bytes each. */
  public byte[] documentIds() throws IOException {
    return attribute(reader -> reader.bytes16(AttributeWriter.DOCUMENT));
  }

  /** Hashes of the normalised texts, 16 bytes each. */
  public byte[] hashes() throws IOException {
    return attribute(reader -> reader.bytes16(AttributeWriter.HASH));
  }

  public String[] sources() throws IOException {
    return attribute(reader -> reader.labels(AttributeWriter.SOURCE));
  }

  public String[] languages() throws IOException {
    return attribute(reader -> reader.labels(AttributeWriter.LANGUAGE));
  }

  /** Code points. */
  public int[] lengths() throws IOException {
    return attribute(reader -> reader.ints(AttributeWriter.LENGTH));
  }

  /** Why documents failed; empty for those that did not. */
  public String[] failures() throws IOException {
    return attribute(reader -> reader.labels(AttributeWriter.FAILURE));
  }

  /** How many clusters the whole corpus has. */
  public long clusterCount(Likeness likeness) throws IOException {
    return read(
        layout.clusters(likeness, shard.raw()),
        ClusterWriter.FORMAT,
        reader -> reader.manifest().attributes().path(ClusterWriter.CLUSTERS).asLong(-1));
  }

  public Clusters clusters(Likeness likeness) throws IOException {
    return read(
        layout.clusters(likeness, shard.raw()), ClusterWriter.FORMAT, ShardSidecars::clusters);
  }

  private static Clusters clusters(SidecarReader reader) throws IOException {
    long clusters = reader.manifest().attributes().path(ClusterWriter.CLUSTERS).asLong(-1);
    long[] numbers = reader.longs(ClusterWriter.CLUSTER);
    for (long number : numbers) {
      if (number < ClusterWriter.ALONE || number >= clusters) {
        throw reader.corrupt("no cluster " + number + " of " + clusters);
      }
    }
    return new Clusters(
        numbers, reader.ints(ClusterWriter.SIZE), reader.bytes16(ClusterWriter.REPRESENTATIVE));
  }

  /**
   * @param round counted from 1
   */
  public Scores scores(int round) throws IOException {
    return read(
        layout.scores(round, shard.raw()),
        ScoreWriter.FORMAT,
        reader ->
            new Scores(
                reader.doubles(ScoreWriter.NATS),
                reader.longs(ScoreWriter.TOKENS),
                reader.labels(ScoreWriter.STATE),
                reader.labels(ScoreWriter.REASON)));
  }

  /**
   * @param cluster number of each document's cluster, {@link ClusterWriter#ALONE} if it is in none
   * @param size documents in the cluster, 1 if the document is alone
   * @param representative smallest document id in the cluster, 16 bytes each
   */
  public record Clusters(long[] cluster, int[] size, byte[] representative) {}

  /**
   * @param nats mean negative log likelihood per token; NaN if not scored
   * @param state one of the constants of {@link ScoreWriter}
   */
  public record Scores(double[] nats, long[] tokens, String[] state, String[] reason) {

    public boolean scored(int ordinal) {
      return state[ordinal].equals(ScoreWriter.SCORED);
    }
  }
}
