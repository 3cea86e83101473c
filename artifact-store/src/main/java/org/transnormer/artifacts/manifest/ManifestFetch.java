package org.transnormer.artifacts.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;

/** Brings one artefact's objects into one local folder. */
record ManifestFetch(ObjectStore store, String prefix, Manifest manifest) {

  Path folder() throws IOException {
    Optional<Path> cache = store.cache();
    return cache.isEmpty() ? ownFolder() : cachedFolder(cache.get());
  }

  private Path ownFolder() throws IOException {
    for (Manifest.Entry entry : manifest.objects()) {
      copy(entry);
    }
    return Path.of(store.uri()).resolve(prefix);
  }

  /**
   * The folder is named by the manifest's digest and its {@code manifest.json} is written last, so
   * a folder with one is whole. Objects are hard links to the verified downloads.
   */
  private Path cachedFolder(Path cache) throws IOException {
    Path folder = Files.createDirectories(cache.resolve("artifacts").resolve(manifest.digest()));
    Path committed = folder.resolve(Manifest.NAME);
    if (Files.exists(committed)) {
      return folder;
    }
    for (Manifest.Entry entry : manifest.objects()) {
      Path target = folder.resolve(entry.name());
      Path parent = target.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      place(copy(entry), target);
    }
    Path scratch = folder.resolve(Manifest.NAME + "." + UUID.randomUUID());
    Files.write(scratch, manifest.bytes());
    replace(scratch, committed);
    return folder;
  }

  private Path copy(Manifest.Entry entry) throws IOException {
    StoredObject object = entry.at(prefix);
    try {
      return store.localCopy(object);
    } catch (NoSuchObjectException e) {
      throw new CorruptArtifactException(
          object.key(), "named by " + ObjectKeys.join(prefix, Manifest.NAME) + " but missing", e);
    }
  }

  private static void place(Path copy, Path target) throws IOException {
    Path scratch = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createLink(scratch, copy);
    } catch (IOException | UnsupportedOperationException _) {
      Files.copy(copy, scratch); // a file system without hard links
    }
    replace(scratch, target);
  }

  private static void replace(Path scratch, Path target) throws IOException {
    try {
      Files.move(
          scratch,
          target,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(scratch);
    }
  }
}
