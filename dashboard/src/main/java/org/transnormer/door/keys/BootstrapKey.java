package org.transnormer.door.keys;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.support.Ids;
import org.transnormer.support.security.Role;

/**
 * The first admin key, without which nobody could make another: given by the operator, or made at
 * the first start and kept in a file that only its owner can read. Once revoked it stays so.
 */
public final class BootstrapKey {
  private static final Logger LOG = LoggerFactory.getLogger(BootstrapKey.class);
  private static final String NAME = "bootstrap";

  private final Keys keys;
  private final @Nullable String given;
  private final @Nullable Path file;

  public BootstrapKey(Keys keys, @Nullable String given, @Nullable Path file) {
    this.keys = keys;
    this.given = given == null || given.isBlank() ? null : given.strip();
    this.file = file;
  }

  public void ensure() throws IOException {
    if (given != null) {
      add(legal(given, "the bootstrap key"));
    } else if (file != null && Files.exists(file)) {
      add(legal(Files.readString(file).strip(), file.toString()));
    } else if (keys.none()) {
      if (file == null) {
        LOG.warn("there is no API key, and neither a bootstrap key nor a file for one is set");
        return;
      }
      KeySecret secret = KeySecret.random();
      write(file, secret);
      add(secret);
      LOG.info("made the first admin key; it is in {}", file);
    }
  }

  private static KeySecret legal(String text, String where) {
    return KeySecret.of(text)
        .orElseThrow(() ->
            new IllegalStateException(
                where + " is not a key: tnl_ and at least 40 of A-Z, a-z, 0-9, - and _"));
  }

  private void add(KeySecret secret) {
    Optional<ApiKey> added =
        keys.add(
            new Keys.NewKey(
                Ids.next(), NAME, Role.ADMIN, secret.hint(), secret.hash(), NAME, null));
    added.ifPresent(key -> LOG.info("the bootstrap key {} is an admin key now", key.hint()));
  }

  private static void write(Path file, KeySecret secret) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(Set.of(OWNER_READ, OWNER_WRITE)));
    } catch (UnsupportedOperationException _) {
      Files.createFile(file); // a file system without permissions
    } catch (FileAlreadyExistsException e) {
      throw new IOException("another door is making its first key in " + file, e);
    }
    Files.writeString(file, secret.reveal() + "\n", StandardCharsets.US_ASCII);
  }
}
