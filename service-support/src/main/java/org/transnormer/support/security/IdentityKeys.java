package org.transnormer.support.security;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Key pairs of a set of identities in one folder: {@code <name>.key} (readable by its owner only)
 * and {@code <name>.pub}. For platforms that run on one machine; on a cluster the keys are secrets.
 */
public final class IdentityKeys {
  private static final int BITS = 2048;
  private static final Duration TTL = Duration.ofMinutes(5);

  private final Path folder;
  private final List<String> names;

  private IdentityKeys(Path folder, List<String> names) {
    this.folder = folder;
    this.names = names;
  }

  /** Makes the pairs that are missing; keys that exist stay. */
  public static IdentityKeys generate(Path folder, String... names) throws IOException {
    Files.createDirectories(folder);
    for (String name : names) {
      if (!Files.exists(keyFile(folder, name)) || !Files.exists(publicFile(folder, name))) {
        generate(folder, name);
      }
    }
    return new IdentityKeys(folder, List.of(names));
  }

  private static void generate(Path folder, String name) throws IOException {
    KeyPair pair = newPair();
    Files.deleteIfExists(keyFile(folder, name));
    writePrivately(keyFile(folder, name), Pem.encode(pair.getPrivate()));
    Files.writeString(publicFile(folder, name), Pem.encode(pair.getPublic()));
  }

  private static void writePrivately(Path file, String text) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(Set.of(OWNER_READ, OWNER_WRITE)));
    } catch (UnsupportedOperationException _) {
      Files.createFile(file); // a file system without permissions
    } catch (FileAlreadyExistsException e) {
      throw new IOException("somebody else is making keys in " + file.getParent(), e);
    }
    Files.writeString(file, text, StandardCharsets.US_ASCII);
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  /** The {@code tnl.security.*} properties of one identity that trusts all others. */
  public Map<String, String> properties(String identity) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("tnl.security.identity", identity);
    properties.put("tnl.security.private-key", keyFile(folder, identity).toString());
    for (String name : names) {
      properties.put("tnl.security.trust." + name, publicFile(folder, name).toString());
    }
    return properties;
  }

  /** Signs as one of the identities. */
  public TokenIssuer issuer(String identity) {
    return new TokenIssuer(
        identity, Pem.privateKey(keyFile(folder, identity)), TTL, Clock.systemUTC());
  }

  private static Path keyFile(Path folder, String name) {
    return folder.resolve(name + ".key");
  }

  private static Path publicFile(Path folder, String name) {
    return folder.resolve(name + ".pub");
  }
}
