package org.transnormer.inference.deployments.web;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.inference.deployments.CheckpointSource;
import org.transnormer.inference.deployments.Deployment;

/** Asks trainer-service what an alias names, and fetches checkpoints from the object store. */
final class TrainerCheckpoints implements CheckpointSource {

  private static final Logger LOG = LoggerFactory.getLogger(TrainerCheckpoints.class);

  private final RestClient trainer;
  private final ObjectStore store;

  TrainerCheckpoints(RestClient trainer, ObjectStore store) {
    this.trainer = trainer;
    this.store = store;
  }

  /** The fields of an alias that are read here. */
  record Alias(String name, String checkpointId) {}

  /** The fields of a checkpoint that are read here. */
  record Checkpoint(String id, String prefix, String manifestDigest) {}

  @Override
  public String resolve(Deployment.Target target) throws UnknownCheckpointException {
    return switch (target) {
      case Deployment.Target.Checkpoint(String id) -> id;
      case Deployment.Target.Alias(String name) ->
          get("alias", name, "/api/v1/aliases/{name}", Alias.class).checkpointId();
    };
  }

  @Override
  public void require(Deployment.Target target) throws UnknownCheckpointException {
    try {
      switch (target) {
        case Deployment.Target.Checkpoint(String id) -> checkpoint(id);
        case Deployment.Target.Alias _ -> resolve(target);
      }
    } catch (IllegalStateException e) {
      LOG.atDebug().setCause(e).log("whether {} is there shows later", target);
    }
  }

  private Checkpoint checkpoint(String id) throws UnknownCheckpointException {
    return get("checkpoint", id, "/api/v1/checkpoints/{id}", Checkpoint.class);
  }

  @Override
  public Path fetch(String checkpointId) throws IOException, UnknownCheckpointException {
    Checkpoint checkpoint = checkpoint(checkpointId);
    Manifest manifest = Manifest.read(store, checkpoint.prefix());
    if (!manifest.digest().equals(checkpoint.manifestDigest())) {
      throw new IOException(
          "checkpoint %s is refused: the manifest under %s has digest %s, it was registered with %s"
              .formatted(
                  checkpointId,
                  checkpoint.prefix(),
                  manifest.digest(),
                  checkpoint.manifestDigest()));
    }
    return manifest.fetch(store, checkpoint.prefix());
  }

  private <T> T get(String kind, String name, String path, Class<T> type)
      throws UnknownCheckpointException {
    try {
      T answer = trainer.get().uri(path, name).retrieve().body(type);
      if (answer == null) {
        throw new IllegalStateException(
            "trainer-service answered nothing for " + kind + " " + name);
      }
      return answer;
    } catch (HttpClientErrorException.NotFound e) {
      throw new UnknownCheckpointException("there is no %s '%s'".formatted(kind, name));
    } catch (RestClientException e) {
      throw new IllegalStateException("trainer-service cannot be asked: " + e.getMessage(), e);
    }
  }
}
