package org.transnormer.integration.cluster;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.transnormer.artifacts.s3.S3Server;
import org.transnormer.artifacts.store.S3Clients;
import org.transnormer.artifacts.store.S3Options;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** S3Proxy in a pod of the cluster, with one bucket in memory. */
final class S3Pod implements AutoCloseable {

  static final int PORT = 9000;

  private static final int JARS_PORT = 9001;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What S3Proxy needs of this test's class path. */
  private static final Pattern JARS =
      Pattern.compile(
          ".*/(org/gaul|org/apache/jclouds|org/eclipse/jetty|com/google/(inject|guava|code/gson)"
              + "|io/opentelemetry|com/fasterxml|org/codehaus/woodstox|jakarta|javax|aopalliance"
              + "|args4j|org/slf4j|ch/qos/logback|org/glassfish|com/sun|artifact-store)/.*\\.jar");

  private final Installation installation;
  private final Forward forward;
  private final S3Client client;

  private S3Pod(Installation installation, Forward forward, S3Client client) {
    this.installation = installation;
    this.forward = forward;
    this.client = client;
  }

  /** Its service is {@code s3}, its keys are the secret {@code s3}. */
  static S3Pod start(Installation installation) throws IOException {
    installation.create(
        Manifests.configMap("receive", Map.of("Receive.class", OnCluster.compiled(Receive.class))));
    installation.create(
        Manifests.secret(
            "s3", Map.of("access-key", S3Server.ACCESS_KEY, "secret-key", S3Server.SECRET_KEY)));
    installation.create(
        Manifests.javaPod(
            "s3",
            Map.of("app", "s3"),
            installation.image(),
            Receive.class,
            JARS_PORT,
            S3Server.class.getName(),
            "http://0.0.0.0:" + PORT));
    installation.create(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: s3}
        spec: {selector: {app: s3}, ports: [{port: %d}]}
        """
            .formatted(PORT));
    installation.kubectl("wait", "--for=condition=Ready", "pod/s3", "--timeout=3m");
    await()
        .atMost(PATIENCE)
        .until(() -> installation.kubectl("logs", "s3").contains("waiting for jars"));
    try (Forward jars = Forward.to(installation, "pod/s3", JARS_PORT)) {
      send(jars.address());
    }
    await().atMost(PATIENCE).until(() -> installation.kubectl("logs", "s3").contains("S3 at "));
    Forward forward = Forward.to(installation, "pod/s3", PORT);
    S3Client client =
        S3Clients.client(
            new S3Options(
                Optional.of(forward.address()),
                "us-east-1",
                Optional.of(S3Server.ACCESS_KEY),
                Optional.of(S3Server.SECRET_KEY),
                true));
    return new S3Pod(installation, forward, client);
  }

  /** S3Proxy with all that it needs. */
  private static void send(URI receiver) throws IOException {
    try (Socket socket = new Socket(receiver.getHost(), receiver.getPort())) {
      OutputStream out = socket.getOutputStream();
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(0);
      for (Path jar : jars()) {
        zip.putNextEntry(new ZipEntry(jar.getFileName().toString()));
        Files.copy(jar, zip);
      }
      zip.finish();
      out.flush();
      if (socket.getInputStream().read() != '.') {
        throw new IOException("the pod did not take all jars");
      }
    }
  }

  private static List<Path> jars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(path -> JARS.matcher(path).matches())
        .map(Path::of)
        .toList();
  }

  /** The first folder of every object's key, below the prefix. */
  Set<String> folders(String prefix) {
    return keys(prefix + "/")
        .map(key -> key.substring(prefix.length() + 1).replaceAll("/.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<String> keys(String prefix) {
    return client
        .listObjectsV2Paginator(request -> request.bucket(S3Server.BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key);
  }

  @Override
  public void close() {
    client.close();
    forward.close();
    installation.kubectl("delete", "pod", "s3", "--grace-period=1");
  }
}
