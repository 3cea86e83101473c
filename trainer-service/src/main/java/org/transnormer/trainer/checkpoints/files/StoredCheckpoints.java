package org.transnormer.trainer.checkpoints.files;

import java.io.IOException;
import java.util.Optional;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.trainer.checkpoints.CheckpointFiles;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;
import tools.jackson.databind.JsonNode;

/** {@link CheckpointFiles} in the object store. */
public final class StoredCheckpoints implements CheckpointFiles {

  private final ObjectStore store;

  public StoredCheckpoints(ObjectStore store) {
    this.store = store;
  }

  @Override
  public Facts inspect(String prefix) throws IOException, UnusableCheckpointException {
    Manifest manifest = read(prefix);
    long bytes = 0;
    for (Manifest.Entry entry : manifest.objects()) {
      StoredObject object = entry.at(prefix);
      long size =
          store
              .stat(object.key())
              .map(ObjectInfo::size)
              .orElseThrow(() -> new UnusableCheckpointException(object.key() + " is missing"));
      if (size != object.size()) {
        throw new UnusableCheckpointException(
            "%s has %d bytes, its manifest says %d".formatted(object.key(), size, object.size()));
      }
      bytes += size;
    }
    JsonNode attributes = manifest.attributes();
    return new Facts(
        manifest.digest(),
        bytes,
        attributes.path("step").asLong(0),
        attribute(attributes, "tokenSetId"),
        attribute(attributes, "snapshotId"));
  }

  static Optional<String> attribute(JsonNode attributes, String name) {
    JsonNode value = attributes.path(name);
    return value.isString() && !value.stringValue().isEmpty()
        ? Optional.of(value.stringValue())
        : Optional.empty();
  }

  @Override
  public void verify(String prefix, String manifestDigest)
      throws IOException, UnusableCheckpointException {
    Manifest manifest = read(prefix);
    if (!manifest.digest().equals(manifestDigest)) {
      throw new UnusableCheckpointException(
          "%s/%s has digest %s, on record is %s"
              .formatted(prefix, Manifest.NAME, manifest.digest(), manifestDigest));
    }
    try {
      manifest.verify(store, prefix);
    } catch (CorruptArtifactException | NoSuchObjectException e) {
      throw new UnusableCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  private Manifest read(String prefix) throws IOException, UnusableCheckpointException {
    try {
      return Manifest.read(store, prefix, CheckpointFolder.FORMAT);
    } catch (NoSuchObjectException e) {
      throw new UnusableCheckpointException("there is no manifest at " + prefix, e);
    } catch (CorruptArtifactException e) {
      throw new UnusableCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void delete(String prefix) throws IOException {
    store.delete(ObjectKeys.join(prefix, Manifest.NAME));
    for (ObjectInfo object : store.list(prefix)) {
      store.delete(object.key());
    }
  }
}
