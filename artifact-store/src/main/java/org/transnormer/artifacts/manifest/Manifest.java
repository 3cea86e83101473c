package org.transnormer.artifacts.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commit record of an artefact: {@code <prefix>/manifest.json}, written after every object it
 * names. An artefact without a manifest that verifies does not exist. Holds no time, host, run id
 * or worker count (unless the artefact is about a run), so equal content has an equal digest.
 *
 * @param format kind and version, like {@code tnl/document-shard/1}
 * @param objects every object of the artefact, ordered by name
 * @param attributes what the format wants to know without opening the objects
 */
public record Manifest(String format, List<Entry> objects, ObjectNode attributes) {
  public static final String NAME = "manifest.json";

  private static final int MAX_BYTES = 64 << 20;
  private static final Pattern FORMAT = Pattern.compile("tnl/[a-z0-9-]{1,60}/[0-9]{1,6}");

  /**
   * One object.
   *
   * @param name key relative to the artefact's prefix
   * @param size bytes
   */
  public record Entry(String name, long size, String sha256) {
    public Entry {
      ObjectKeys.requireKey(name);
      Digests.requireSha256(sha256);
      if (size < 0 || name.equals(NAME)) {
        throw new IllegalArgumentException("illegal manifest entry " + name + ", " + size);
      }
    }

    /** The entry for an object below {@code prefix}. */
    public static Entry of(String prefix, StoredObject object) {
      String folder = ObjectKeys.folder(prefix) + "/";
      if (!object.key().startsWith(folder)) {
        throw new IllegalArgumentException(object.key() + " does not lie below " + folder);
      }
      return new Entry(object.key().substring(folder.length()), object.size(), object.sha256());
    }

    public StoredObject at(String prefix) {
      return new StoredObject(ObjectKeys.join(prefix, name), size, sha256);
    }
  }

  public Manifest {
    if (!FORMAT.matcher(format).matches()) {
      throw new IllegalArgumentException("a format is tnl/<kind>/<version>, not " + format);
    }
    objects = objects.stream().sorted(Comparator.comparing(Entry::name)).toList();
    Set<String> names = new HashSet<>();
    for (Entry entry : objects) {
      if (!names.add(entry.name())) {
        throw new IllegalArgumentException("two objects named " + entry.name());
      }
    }
    attributes = (ObjectNode) CanonicalJson.parse(CanonicalJson.bytes(attributes));
  }

  /** A copy: a manifest does not change. */
  @Override
  public ObjectNode attributes() {
    return attributes.deepCopy();
  }

  public Optional<Entry> object(String name) {
    return objects.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** SHA-256 of the canonical bytes. */
  public String digest() {
    return Digests.sha256(bytes());
  }

  byte[] bytes() {
    ObjectNode json = CanonicalJson.object();
    json.put("format", format);
    ArrayNode list = json.putArray("objects");
    for (Entry entry : objects) {
      list.addObject()
          .put("name", entry.name())
          .put("size", entry.size())
          .put("sha256", entry.sha256());
    }
    json.set("attributes", attributes);
    return CanonicalJson.bytes(json);
  }

  /** Writes the manifest; from then on the artefact exists. */
  public StoredObject commit(ObjectStore store, String prefix) throws IOException {
    FailPoints.hit("manifest.beforeCommit");
    StoredObject stored = store.put(ObjectKeys.join(prefix, NAME), bytes());
    FailPoints.hit("manifest.afterCommit");
    return stored;
  }

  /**
   * @throws NoSuchObjectException when no artefact was committed under the prefix
   * @throws CorruptArtifactException when the manifest is not one
   */
  public static Manifest read(ObjectStore store, String prefix) throws IOException {
    String key = ObjectKeys.join(prefix, NAME);
    return parse(store.readAll(key, MAX_BYTES), key);
  }

  /** Like {@link #read}, and refuses another format. */
  public static Manifest read(ObjectStore store, String prefix, String format) throws IOException {
    Manifest manifest = read(store, prefix);
    if (!manifest.format().equals(format)) {
      throw new CorruptArtifactException(
          ObjectKeys.join(prefix, NAME), "format is " + manifest.format() + ", expected " + format);
    }
    return manifest;
  }

  /** The manifest of an artefact that lies in a plain folder, for example one fetched before. */
  public static Manifest read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchObjectException(file.toString());
    }
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in.readNBytes(MAX_BYTES), file.toString());
    }
  }

  /** The manifest of all files of a plain folder, for {@link #write}. */
  public static Manifest of(Path folder, String format, ObjectNode attributes) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        entries.add(new Entry(name, Files.size(file), Digests.sha256(file)));
      }
    }
    return new Manifest(format, entries, attributes);
  }

  /** Into a plain folder, which nothing else changes from then on. */
  public void write(Path folder) throws IOException {
    Files.write(folder.resolve(NAME), bytes());
  }

  private static Manifest parse(byte[] bytes, String key) throws CorruptArtifactException {
    try {
      JsonNode json = CanonicalJson.parse(bytes);
      List<Entry> entries =
          json.required("objects").asArray().valueStream().map(Manifest::entry).toList();
      Manifest manifest =
          new Manifest(
              json.required("format").asString(), entries, json.required("attributes").asObject());
      if (!Digests.sha256(bytes).equals(manifest.digest())) {
        throw new CorruptArtifactException(key, "not in canonical form");
      }
      return manifest;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new CorruptArtifactException(key, "not a manifest: " + e.getMessage(), e);
    }
  }

  private static Entry entry(JsonNode json) {
    return new Entry(
        json.required("name").asString(),
        json.required("size").longValue(),
        json.required("sha256").asString());
  }

  /**
   * Reads every object and compares size and SHA-256.
   *
   * @throws CorruptArtifactException naming the first object that is missing or differs
   */
  public void verify(ObjectStore store, String prefix) throws IOException {
    for (Entry entry : objects) {
      verify(store, entry.at(prefix));
    }
  }

  private static void verify(ObjectStore store, StoredObject object) throws IOException {
    ObjectInfo info =
        store
            .stat(object.key())
            .orElseThrow(() -> new CorruptArtifactException(object.key(), "missing"));
    if (info.size() != object.size()) {
      throw new CorruptArtifactException(
          object.key(), "%d bytes instead of %d".formatted(info.size(), object.size()));
    }
    try (InputStream in = store.open(object.key())) {
      String sha256 = Digests.sha256(in);
      if (!sha256.equals(object.sha256())) {
        throw new CorruptArtifactException(
            object.key(), "SHA-256 is %s instead of %s".formatted(sha256, object.sha256()));
      }
    }
  }

  /**
   * All objects and the manifest as one local folder, verified. A local store gives the artefact's
   * own folder, which must not be written to; others a folder in their cache.
   */
  public Path fetch(ObjectStore store, String prefix) throws IOException {
    return new ManifestFetch(store, ObjectKeys.folder(prefix), this).folder();
  }
}
