package org.transnormer.cleaning.dedup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.recipe.DuplicateSpec.Scope;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * Phase 1 of the search for duplicates, run inside annotating: the keys of a shard's documents,
 * sorted. Documents of different scopes get different keys and so never meet. Not thread-safe.
 */
public final class ShardRuns implements AutoCloseable {
  private final ObjectStore store;
  private final String prefix;
  private final DuplicateSpec spec;
  private final MinHash minHash;
  private final RunWriter exact;
  private final RunWriter near;

  private ShardRuns(
      ObjectStore store, String prefix, DuplicateSpec spec, RunWriter exact, RunWriter near) {
    this.store = store;
    this.prefix = prefix;
    this.spec = spec;
    this.minHash = MinHash.seeded(spec.words(), spec.bands() * spec.rows(), spec.seed());
    this.exact = exact;
    this.near = near;
  }

  /**
   * @param budget bytes of heap for sorting
   */
  public static ShardRuns create(
      ObjectStore store, String prefix, DuplicateSpec spec, Path scratch, long budget)
      throws IOException {
    return new ShardRuns(
        store,
        prefix,
        spec,
        new RunWriter(store, prefix, RunFormat.of(Likeness.EXACT, spec), scratch, budget / 4),
        new RunWriter(store, prefix, RunFormat.of(Likeness.NEAR, spec), scratch, budget / 4 * 3));
  }

  /**
   * @param hash 16 bytes of the text's digest
   */
  public void add(int ordinal, String text, String source, byte[] hash) throws IOException {
    long scope = spec.scope() == Scope.SOURCE ? PrefixHash.mix(hashOf(source)) : 0;
    ByteBuffer bytes = ByteBuffer.wrap(hash);
    exact.add(bytes.getLong() ^ scope, bytes.getLong() ^ scope, ordinal);
    if (!spec.near()) {
      return;
    }
    Optional<long[]> signature = minHash.signature(text);
    if (signature.isPresent()) {
      for (int band = 0; band < spec.bands(); band++) {
        near.add(band, MinHash.bandKey(signature.get(), band, spec.rows(), scope), ordinal);
      }
    }
  }

  private static long hashOf(String source) {
    return com.dynatrace.hash4j.hashing.Hashing.xxh3_64().hashCharsToLong(source);
  }

  public void commit() throws IOException {
    List<Manifest.Entry> entries = new ArrayList<>(exact.write());
    if (spec.near()) {
      entries.addAll(near.write());
    }
    new Manifest(RunFormat.MANIFEST, entries, CanonicalJson.object().put("bands", spec.bands()))
        .commit(store, prefix);
  }

  @Override
  public void close() throws IOException {
    exact.close();
    near.close();
  }
}
