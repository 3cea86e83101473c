package org.transnormer.artifacts.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.transnormer.artifacts.digest.Digests;

/** Remembers which files had the right digest, so that a large one is read once for it. */
final class VerifiedFiles {
  private static final int MAX_REMEMBERED = 10_000;

  private final Map<Path, Checked> checked =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Checked> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** Digest, size and time of change as seen when the file was read. */
  private record Checked(String sha256, long size, FileTime modified) {}

  void require(Path file, StoredObject object) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (attributes.size() != object.size()) {
      throw new CorruptArtifactException(
          object.key(), "%d bytes instead of %d".formatted(attributes.size(), object.size()));
    }
    Checked now = new Checked(object.sha256(), attributes.size(), attributes.lastModifiedTime());
    if (isChecked(file, now)) {
      return;
    }
    String sha256 = Digests.sha256(file);
    if (!sha256.equals(object.sha256())) {
      throw new CorruptArtifactException(
          object.key(), "SHA-256 is %s instead of %s".formatted(sha256, object.sha256()));
    }
    synchronized (checked) {
      checked.put(file, now);
    }
  }

  private boolean isChecked(Path file, Checked now) {
    synchronized (checked) {
      return now.equals(checked.get(file));
    }
  }
}
