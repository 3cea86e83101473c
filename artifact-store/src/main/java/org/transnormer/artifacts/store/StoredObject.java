package org.transnormer.artifacts.store;

import org.transnormer.artifacts.digest.Digests;

/** A committed object: where it lies, its size in bytes and its SHA-256. */
public record StoredObject(String key, long size, String sha256) {
  public StoredObject {
    ObjectKeys.requireKey(key);
    Digests.requireSha256(sha256);
    if (size < 0) {
      throw new IllegalArgumentException("negative size of " + key + ": " + size);
    }
  }
}
