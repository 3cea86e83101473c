package org.transnormer.standalone.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the demo has launched so far (stage to id), so that a second run goes on where the first
 * stopped.
 *
 * <p>A launch that happened but was not noted is found again by its idempotency key.
 */
final class DemoState {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final Map<String, String> ids;

  private DemoState(Path file, Map<String, String> ids) {
    this.file = file;
    this.ids = ids;
  }

  static DemoState load(Path file) {
    if (!Files.exists(file)) {
      return new DemoState(file, new TreeMap<>());
    }
    return new DemoState(
        file, JSON.readValue(file.toFile(), new TypeReference<TreeMap<String, String>>() {}));
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(ids.get(name));
  }

  String require(String name) {
    return get(name)
        .orElseThrow(() -> new IllegalStateException("the demo has not noted its " + name));
  }

  void put(String name, String id) {
    ids.put(name, id);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.deleteIfExists(next);
      Files.createFile(next, OWNER_ONLY); // an API key is in it
      Files.write(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(ids));
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot note the demo's progress in " + file, e);
    }
  }
}
