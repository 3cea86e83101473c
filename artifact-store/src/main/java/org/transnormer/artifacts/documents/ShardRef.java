package org.transnormer.artifacts.documents;

import java.io.IOException;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import tools.jackson.core.JacksonException;

/**
 * Where a document shard lies and what it holds.
 *
 * @param prefix folder in the store, its last segment is {@code sha256}
 * @param sha256 digest of the compressed documents
 * @param bytes compressed size
 * @param textBytes UTF-8 bytes of all texts
 */
public record ShardRef(String prefix, String sha256, long documents, long bytes, long textBytes) {
  public ShardRef {
    ObjectKeys.requireKey(prefix);
    Digests.requireSha256(sha256);
    if (documents < 0 || documents > ShardLimits.MAX_DOCUMENTS || bytes < 0 || textBytes < 0) {
      throw new IllegalArgumentException("illegal counts of shard " + prefix);
    }
  }

  /** Reads the reference from a committed shard's manifest. */
  public static ShardRef read(ObjectStore store, String prefix) throws IOException {
    return of(ObjectKeys.folder(prefix), Manifest.read(store, prefix, ShardFormat.NAME));
  }

  static ShardRef of(String prefix, Manifest manifest) throws CorruptArtifactException {
    String key = ObjectKeys.join(prefix, Manifest.NAME);
    try {
      var entry =
          manifest
              .object(ShardFormat.DOCUMENTS)
              .orElseThrow(() -> new IllegalArgumentException("no " + ShardFormat.DOCUMENTS));
      return new ShardRef(
          prefix,
          entry.sha256(),
          manifest.attributes().required("documents").longValue(),
          entry.size(),
          manifest.attributes().required("textBytes").longValue());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new CorruptArtifactException(key, "not a document shard: " + e.getMessage(), e);
    }
  }
}
