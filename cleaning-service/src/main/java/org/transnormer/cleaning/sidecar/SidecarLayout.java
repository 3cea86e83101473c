package org.transnormer.cleaning.sidecar;

import org.transnormer.artifacts.documents.ShardRef;

/**
 * Where a cleaning run's intermediate artefacts lie. Every prefix is committed by its own manifest.
 *
 * @param prefix {@code sidecars/<cleaning run>}
 */
public record SidecarLayout(String prefix) {

  /** How two documents can be found to be duplicates. */
  public enum Likeness {
    EXACT("exact"),
    NEAR("near");

    private final String label;

    Likeness(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public String attributes(ShardRef raw) {
    return prefix + "/attributes/" + raw.sha256();
  }

  public String runs(ShardRef raw) {
    return prefix + "/runs/" + raw.sha256();
  }

  public String edges(Likeness likeness, int range) {
    return "%s/edges-%s/%05d".formatted(prefix, likeness.label(), range);
  }

  public String clusters(Likeness likeness, ShardRef raw) {
    return prefix + "/clusters-" + likeness.label() + "/" + raw.sha256();
  }

  /**
   * @param round counted from 1
   */
  public String scores(int round, ShardRef raw) {
    return prefix + "/scores-" + round + "/" + raw.sha256();
  }
}
