package org.transnormer.support.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RSA keys in PEM files: private keys (PKCS#8 or PKCS#1), public keys, X.509 certificates. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----", Pattern.DOTALL);
  private static final int MIN_BITS = 2048;
  private static final int LINE = 64;

  /** INTEGER 0, SEQUENCE {OID 1.2.840.113549.1.1.1 (rsaEncryption), NULL}, in DER. */
  private static final byte[] VERSION_AND_RSA =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private record Block(String kind, byte[] content) {}

  private Pem() {}

  static RSAPrivateKey privateKey(Path file) {
    Block block = read(file);
    try {
      byte[] pkcs8 =
          switch (block.kind) {
            case "PRIVATE KEY" -> block.content;
            case "RSA PRIVATE KEY" -> pkcs8(block.content); // what Helm and older OpenSSL write
            default ->
                throw new IllegalArgumentException(
                    "holds a " + block.kind + ", expected a PKCS#8 or PKCS#1 key");
          };
      return (RSAPrivateKey)
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(file + " is no RSA private key: " + e.getMessage(), e);
    }
  }

  /** A PKCS#1 key in PKCS#8's wrapping (RFC 5208): version, algorithm, and the key as octets. */
  private static byte[] pkcs8(byte[] pkcs1) {
    byte[] octets = der(0x04, pkcs1);
    byte[] content = new byte[VERSION_AND_RSA.length + octets.length];
    System.arraycopy(VERSION_AND_RSA, 0, content, 0, VERSION_AND_RSA.length);
    System.arraycopy(octets, 0, content, VERSION_AND_RSA.length, octets.length);
    return der(0x30, content);
  }

  /** With a length of two bytes, which keys of a sound size have. */
  private static byte[] der(int tag, byte[] content) {
    if (content.length < 0x100 || content.length > 0xffff) {
      throw new IllegalArgumentException("no key has " + content.length + " bytes");
    }
    return ByteBuffer.allocate(4 + content.length)
        .put((byte) tag)
        .put((byte) 0x82)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  /** From a public key or from a certificate; what else the certificate says is not looked at. */
  static RSAPublicKey publicKey(Path file) {
    Block block = read(file);
    try {
      RSAPublicKey key =
          switch (block.kind) {
            case "PUBLIC KEY" ->
                (RSAPublicKey)
                    KeyFactory.getInstance("RSA")
                        .generatePublic(new X509EncodedKeySpec(block.content));
            case "CERTIFICATE" ->
                (RSAPublicKey)
                    CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.content))
                        .getPublicKey();
            default -> throw new IllegalArgumentException("holds a " + block.kind);
          };
      if (key.getModulus().bitLength() < MIN_BITS) {
        throw new IllegalArgumentException("has fewer than " + MIN_BITS + " bits");
      }
      return key;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(
          file + " is no RSA public key or certificate: " + e.getMessage(), e);
    }
  }

  static String encode(Key key) {
    String kind = key instanceof RSAPrivateKey ? "PRIVATE KEY" : "PUBLIC KEY";
    String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, body, kind);
  }

  private static Block read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII);
      Matcher matcher = BLOCK.matcher(text);
      if (!matcher.find()) {
        throw new IllegalArgumentException(file + " is not a PEM file");
      }
      return new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2)));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
