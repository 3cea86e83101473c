package org.transnormer.support.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTest {

  /** What stands before the key itself in a PKCS#8 file of a 2048-bit key. */
  private static final int WRAPPING = 26;

  @TempDir Path folder;

  @Test
  void readsAKeyAsHelmWritesIt() throws Exception {
    RSAPrivateKey key = newKey();
    byte[] pkcs8 = key.getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, WRAPPING, pkcs8.length);

    assertThat(Pem.privateKey(file("RSA PRIVATE KEY", pkcs1))).isEqualTo(key);
  }

  @Test
  void readsWhatItWrote() throws Exception {
    RSAPrivateKey key = newKey();
    Path file = Files.writeString(folder.resolve("own.pem"), Pem.encode(key));

    assertThat(Pem.privateKey(file)).isEqualTo(key);
  }

  @Test
  void namesTheFileThatHoldsNoKey() throws Exception {
    assertThatThrownBy(() -> Pem.privateKey(file("RSA PRIVATE KEY", new byte[300])))
        .hasMessageContaining("key.pem is no RSA private key");
    assertThatThrownBy(() -> Pem.privateKey(file("EC PRIVATE KEY", new byte[300])))
        .hasMessageContaining("holds a EC PRIVATE KEY");
  }

  private static RSAPrivateKey newKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return (RSAPrivateKey) generator.generateKeyPair().getPrivate();
  }

  private Path file(String kind, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, body, kind));
  }
}
