package org.transnormer.trainer.checkpoints.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.trainer.checkpoints.CheckpointFiles.Facts;
import org.transnormer.trainer.checkpoints.RegisterCheckpoint.CheckpointImport;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings a folder from a configured root or from an S3-compatible store: copied to scratch first,
 * every digest checked there, the weights opened against their configuration, and only then written
 * to the store, the manifest last.
 */
public final class CheckpointImporter implements CheckpointImport {

  /** Files of the released layout; others in the folder are left where they are. */
  private static final Pattern RELEASED =
      Pattern.compile(
          "config\\.json|generation_config\\.json|tokenizer\\.json|tokenizer_config\\.json"
              + "|special_tokens_map\\.json|model\\.safetensors(\\.index\\.json)?"
              + "|model-\\d+-of-\\d+\\.safetensors");

  private static final String PREFIX = "checkpoints/external/";

  private final ObjectStore store;
  private final Optional<S3Options> s3;
  private final Path cache;
  private final List<Path> roots;
  private final Path scratch;

  /**
   * @param s3 how S3 addresses are reached
   * @param cache for what is read from there
   * @param roots local folders below which a checkpoint may lie
   */
  public CheckpointImporter(
      ObjectStore store, Optional<S3Options> s3, Path cache, List<Path> roots, Path scratch) {
    this.store = store;
    this.s3 = s3;
    this.cache = cache;
    this.roots = List.copyOf(roots);
    this.scratch = scratch;
  }

  @Override
  public Imported bring(String address, Map<String, String> digests)
      throws IOException, UnusableCheckpointException {
    Files.createDirectories(scratch);
    Path folder = Files.createTempDirectory(scratch, "checkpoint-");
    try (ObjectStore source = source(address)) {
      Map<String, Manifest.Entry> copied = copy(source, folder);
      requireDigests(copied, digests, address);
      Manifest manifest =
          Files.exists(folder.resolve(Manifest.NAME))
              ? own(folder, copied)
              : make(folder, copied, address);
      requireUsable(folder);
      return new Imported(write(folder, manifest), facts(manifest));
    } finally {
      deleteTree(folder);
    }
  }

  private ObjectStore source(String address) throws IOException {
    URI uri;
    try {
      uri = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s' is no URI".formatted(address), e);
    }
    return switch (uri.getScheme() == null ? "" : uri.getScheme()) {
      case "file" -> ObjectStore.open(StoreConfig.local(allowed(uri)));
      case "s3" -> ObjectStore.open(new StoreConfig(uri, s3, cache));
      default ->
          throw new IllegalArgumentException(
              "a checkpoint is brought from file:///folder or s3://bucket/prefix, not " + address);
    };
  }

  /** The folder's real path, with every link followed, if it lies below a root. */
  private Path allowed(URI uri) throws IOException {
    Path given;
    try {
      given = Path.of(uri);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s' is no local folder".formatted(uri), e);
    }
    for (Path root : roots) {
      Path real = Files.exists(root) ? root.toRealPath() : root;
      if (Files.isDirectory(given) && given.toRealPath().startsWith(real)) {
        return withoutLinks(given.toRealPath());
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a folder below one of the roots that checkpoints may come from"
            .formatted(uri));
  }

  /** A link could lead out of the root. */
  private static Path withoutLinks(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(Files::isSymbolicLink)
          .findFirst()
          .ifPresent(link -> {
            throw new IllegalArgumentException(
                "%s is a symbolic link; checkpoints are brought as plain files"
                    .formatted(link.getFileName()));
          });
    }
    return folder;
  }

  private static Map<String, Manifest.Entry> copy(ObjectStore source, Path folder)
      throws IOException, UnusableCheckpointException {
    List<String> names = new ArrayList<>(source.list("").stream().map(ObjectInfo::key).toList());
    boolean own = names.contains(Manifest.NAME);
    names.removeIf(name -> name.contains("/") || !own && !RELEASED.matcher(name).matches());
    if (own) {
      Manifest manifest = readManifest(source);
      names.retainAll(
          Stream.concat(
                  Stream.of(Manifest.NAME), manifest.objects().stream().map(Manifest.Entry::name))
              .toList());
    }
    Map<String, Manifest.Entry> copied = new TreeMap<>();
    for (String name : names) {
      Path target = folder.resolve(name);
      try (InputStream in = source.open(name);
          OutputStream out = Files.newOutputStream(target)) {
        in.transferTo(out);
      }
      if (!name.equals(Manifest.NAME)) {
        copied.put(name, new Manifest.Entry(name, Files.size(target), Digests.sha256(target)));
      }
    }
    return copied;
  }

  private static Manifest readManifest(ObjectStore source)
      throws IOException, UnusableCheckpointException {
    try {
      return Manifest.read(source, "", CheckpointFolder.FORMAT);
    } catch (CorruptArtifactException e) {
      throw new UnusableCheckpointException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The manifest that came with the folder, if every file is as it says. */
  private static Manifest own(Path folder, Map<String, Manifest.Entry> copied)
      throws IOException, UnusableCheckpointException {
    Manifest manifest = Manifest.read(folder);
    for (Manifest.Entry entry : manifest.objects()) {
      Manifest.Entry found = copied.get(entry.name());
      if (found == null) {
        throw new UnusableCheckpointException(entry.name() + " is missing");
      }
      require(entry.name(), entry.sha256(), found.sha256());
    }
    return manifest;
  }

  /** Whatever the folder says of itself, every file that the caller named is as the caller says. */
  private static void requireDigests(
      Map<String, Manifest.Entry> copied, Map<String, String> digests, String address)
      throws UnusableCheckpointException {
    for (Map.Entry<String, String> wanted : digests.entrySet()) {
      Manifest.Entry found = copied.get(wanted.getKey());
      if (found == null) {
        throw new UnusableCheckpointException(
            "%s is missing at %s".formatted(wanted.getKey(), address));
      }
      require(wanted.getKey(), wanted.getValue(), found.sha256());
    }
  }

  private static Manifest make(Path folder, Map<String, Manifest.Entry> copied, String address)
      throws UnusableCheckpointException {
    if (!Files.exists(new CheckpointFolder(folder).config())) {
      throw new UnusableCheckpointException(
          "%s has neither a manifest nor a config.json".formatted(address));
    }
    ObjectNode attributes = CanonicalJson.object();
    attributes.put("layout", "released");
    return new Manifest(CheckpointFolder.FORMAT, List.copyOf(copied.values()), attributes);
  }

  private static void require(String name, String wanted, String found)
      throws UnusableCheckpointException {
    if (!wanted.equals(found)) {
      throw new UnusableCheckpointException(
          "%s has SHA-256 %s instead of %s".formatted(name, found, wanted));
    }
  }

  /** Configuration and tensors fit together, so that a later load cannot fail for that reason. */
  private static void requireUsable(Path folder) throws IOException, UnusableCheckpointException {
    try (ModelWeights weights = ModelFamilies.weights(folder)) {
      weights.config();
    } catch (MalformedCheckpointException | InvalidConfigException e) {
      throw new UnusableCheckpointException(
          String.valueOf(e.getMessage()).replace(folder + "/", ""), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new UnusableCheckpointException(
          "%s is missing".formatted(Path.of(e.getFile()).getFileName()), e);
    }
  }

  private String write(Path folder, Manifest manifest) throws IOException {
    String prefix = PREFIX + manifest.digest();
    for (Manifest.Entry entry : manifest.objects()) {
      StoredObject target = entry.at(prefix);
      Optional<ObjectInfo> there = store.stat(target.key());
      if (there.isPresent() && store.stat(ObjectKeys.join(prefix, Manifest.NAME)).isPresent()) {
        continue; // committed before
      }
      try (ObjectWriter out = store.create(target.key())) {
        Files.copy(folder.resolve(entry.name()), out);
        StoredObject stored = out.commit();
        if (!stored.sha256().equals(entry.sha256())) {
          throw new CorruptArtifactException(target.key(), "changed while it was copied");
        }
      }
    }
    manifest.commit(store, prefix);
    return prefix;
  }

  private static Facts facts(Manifest manifest) {
    ObjectNode attributes = manifest.attributes();
    return new Facts(
        manifest.digest(),
        manifest.objects().stream().mapToLong(Manifest.Entry::size).sum(),
        attributes.path("step").asLong(0),
        StoredCheckpoints.attribute(attributes, "tokenSetId"),
        StoredCheckpoints.attribute(attributes, "snapshotId"));
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
