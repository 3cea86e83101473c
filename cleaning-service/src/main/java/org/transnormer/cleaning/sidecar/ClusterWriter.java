package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.List;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.ObjectStore;

/** Writes which cluster of duplicates each document of a shard is in, in the order of ordinals. */
public final class ClusterWriter implements AutoCloseable {
  /** The number of no cluster. */
  public static final long ALONE = -1;

  static final String FORMAT = "tnl/cleaning-clusters/1";
  static final String CLUSTER = "cluster";
  static final String SIZE = "cluster_size";
  static final String REPRESENTATIVE = "representative";
  static final String CLUSTERS = "clusters";

  private static final byte[] NOBODY = new byte[16];

  private final SidecarFile file;

  private ClusterWriter(SidecarFile file) {
    this.file = file;
  }

  public static ClusterWriter create(ObjectStore store, String prefix, long documents)
      throws IOException {
    List<Column> columns =
        List.of(Column.ofLong(CLUSTER), Column.ofInt(SIZE), Column.ofBytes16(REPRESENTATIVE));
    return new ClusterWriter(SidecarFile.create(store, prefix, FORMAT, columns, documents));
  }

  public void addAlone() throws IOException {
    file.row().put(ALONE).put(1).put(NOBODY).endRow();
  }

  /**
   * @param representative smallest document id in the cluster
   */
  public void add(long cluster, int size, byte[] representative) throws IOException {
    file.row().put(cluster).put(size).put(representative).endRow();
  }

  /**
   * @param clusters how many the whole corpus has; numbers lie below it
   */
  public void commit(long clusters) throws IOException {
    file.commit(CanonicalJson.object().put(CLUSTERS, clusters));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
