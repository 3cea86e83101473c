package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.Optional;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What annotating one raw shard left behind. Ordinals of raw shard, normalised shard and sidecars
 * are the same.
 *
 * @param text the shard that later stages, snapshots and token sets read
 * @param failed documents that could not be measured; they are in the shard and never kept
 */
public record AnnotatedShard(ShardRef raw, ShardRef text, long failed) {

  private static final String ANNOTATION = "annotation";

  public AnnotatedShard {
    if (raw.documents() != text.documents()) {
      throw new IllegalArgumentException("normalising changed the number of documents");
    }
  }

  public long documents() {
    return raw.documents();
  }

  /**
   * @throws NoSuchObjectException if the shard has not been annotated, or not to the end
   */
  public static AnnotatedShard read(ObjectStore store, SidecarLayout layout, ShardRef raw)
      throws IOException {
    String prefix = layout.attributes(raw);
    Manifest manifest = Manifest.read(store, prefix, AttributeWriter.FORMAT);
    try {
      ObjectNode attributes = manifest.attributes();
      JsonNode text = attributes.required("text");
      return new AnnotatedShard(
          raw,
          new ShardRef(
              text.required("prefix").asString(),
              text.required("sha256").asString(),
              text.required("documents").longValue(),
              text.required("bytes").longValue(),
              text.required("textBytes").longValue()),
          attributes.required("failed").longValue());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new CorruptArtifactException(prefix, "not an attribute sidecar: " + e.getMessage(), e);
    }
  }

  /**
   * The shard if it was annotated by a recipe of that annotation hash.
   *
   * @throws NoSuchObjectException if the shard has not been annotated, or not to the end
   */
  public static Optional<AnnotatedShard> find(
      ObjectStore store, SidecarLayout layout, ShardRef raw, String annotationHash)
      throws IOException {
    return annotationHash(store, layout, raw).equals(annotationHash)
        ? Optional.of(read(store, layout, raw))
        : Optional.empty();
  }

  /** Hash of the recipe's part that the shard was annotated by, see Recipe.annotationHash. */
  static String annotationHash(ObjectStore store, SidecarLayout layout, ShardRef raw)
      throws IOException {
    return Manifest.read(store, layout.attributes(raw), AttributeWriter.FORMAT)
        .attributes()
        .path(ANNOTATION)
        .asString("");
  }

  ObjectNode toJson(String annotationHash) {
    ObjectNode node = CanonicalJson.object();
    node.put(ANNOTATION, annotationHash);
    node.put("failed", failed);
    node.set("text", CanonicalJson.tree(text));
    return node;
  }
}
