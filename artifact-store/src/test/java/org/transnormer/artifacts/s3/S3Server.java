package org.transnormer.artifacts.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.artifacts.store.StoreConfig;

/** S3Proxy in this JVM: a server that others wrote, with one bucket in memory. */
public final class S3Server implements AutoCloseable {

  public static final String BUCKET = "artifacts";
  public static final String ACCESS_KEY = "key";
  public static final String SECRET_KEY = "secret";

  private final BlobStore blobs;
  private final S3Proxy server;

  private S3Server(BlobStore blobs, S3Proxy server) {
    this.blobs = blobs;
    this.server = server;
  }

  /**
   * As a program.
   *
   * @param args where to listen, as {@code http://host:port}
   */
  public static void main(String[] args) throws Exception {
    System.out.println("S3 at " + start(URI.create(args[0])).endpoint());
  }

  public static S3Server start() throws Exception {
    return start(URI.create("http://127.0.0.1:0"));
  }

  private static S3Server start(URI endpoint) throws Exception {
    BlobStore blobs =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .overrides(new Properties())
            .build(BlobStoreContext.class)
            .getBlobStore();
    blobs.createContainerInLocation(null, BUCKET);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(endpoint)
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
            .build();
    server.start();
    return new S3Server(blobs, server);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** What it holds, by the back door. */
  public BlobStore blobs() {
    return blobs;
  }

  /** How a store reaches it. */
  public StoreConfig config(String prefix, Path cache) {
    return config(endpoint(), SECRET_KEY, prefix, cache);
  }

  /**
   * @param endpoint of this server, or of something before it
   */
  public static StoreConfig config(URI endpoint, String secret, String prefix, Path cache) {
    S3Options options =
        new S3Options(
            Optional.of(endpoint), "us-east-1", Optional.of(ACCESS_KEY), Optional.of(secret), true);
    return new StoreConfig(
        URI.create("s3://" + BUCKET + "/" + prefix), Optional.of(options), cache);
  }

  /** How a process is told of it. */
  public static Map<String, String> environment(URI endpoint) {
    return Map.of(
        "TNL_STORE_S3_ENDPOINT",
        endpoint.toString(),
        "TNL_STORE_S3_ACCESS_KEY",
        ACCESS_KEY,
        "TNL_STORE_S3_SECRET_KEY",
        SECRET_KEY,
        "TNL_STORE_S3_PATH_STYLE",
        "true");
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not stop", e);
    }
  }
}
