package org.transnormer.cleaning.dedup;

import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * Records of a run: a key, then the ordinal, both big-endian so that bytes sort as numbers.
 *
 * @param keyBytes 16 for exact duplicates (part of a SHA-256), 8 for the bands of near ones
 */
record RunFormat(String name, int bands, int keyBytes) {
  static final String MANIFEST = "tnl/cleaning-runs/1";

  static RunFormat of(Likeness likeness, DuplicateSpec spec) {
    return switch (likeness) {
      case EXACT -> new RunFormat("exact", 1, 16);
      case NEAR -> new RunFormat("near", spec.bands(), Long.BYTES);
    };
  }

  int recordWidth() {
    return keyBytes + Integer.BYTES;
  }

  String run() {
    return name + ".run";
  }

  String index() {
    return name + ".index";
  }
}
