package org.transnormer.integration.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.transnormer.integration.journey.Door;
import org.transnormer.integration.journey.Journey;
import org.transnormer.integration.journey.Prose;

/**
 * The chart on the cluster of {@code KUBECONFIG}, where the images of {@code ./tnl images} are: it
 * is installed into a namespace of its own, asked and driven through its door alone, and removed.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OnCluster.Findings.class)
abstract class OnCluster {

  static final int DOCUMENTS = 300;
  static final Duration PATIENCE = Duration.ofMinutes(10);
  static final Duration GLANCE = Duration.ofSeconds(1);
  static final String TRAINING = "app.kubernetes.io/managed-by=tnl-trainer";

  private static final String ROOTS =
      """
      corpora.roots=[{"name":"prose","path":"/corpora/prose","volume":{"configMap":{"name":"prose"}}}]\
      """;

  private @Nullable Installation installation;
  private @Nullable Door door;

  /** Tells on a failure what the cluster says. */
  static final class Findings implements TestWatcher {
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
      Installation installation = ((OnCluster) context.getRequiredTestInstance()).installation;
      if (installation != null) {
        System.out.println(installation.findings());
      }
    }
  }

  @BeforeAll
  void install() throws IOException {
    Installation made = Installation.in("tnl-test-" + UUID.randomUUID().toString().substring(0, 8));
    installation = made;
    long started = System.nanoTime();
    made.create(
        Manifests.configMap(
            "prose",
            Map.of(
                "documents.jsonl", Prose.documents(DOCUMENTS).getBytes(StandardCharsets.UTF_8))));
    made.create(Manifests.configMap("knock", Map.of("Knock.class", compiled(Knock.class))));
    try {
      List<String> values = new ArrayList<>(List.of("--set-json", ROOTS));
      values.addAll(prepare(made));
      made.install(values);
    } catch (AssertionError e) {
      System.out.println(made.findings());
      throw e;
    }
    System.out.printf(
        "every pod is ready after %d s%n",
        Duration.ofNanos(System.nanoTime() - started).toSeconds());
    door = new Door(made::door, made.key());
  }

  /** Makes what must be there before the chart, and returns the options that name it. */
  List<String> prepare(Installation made) throws IOException {
    return List.of();
  }

  @AfterAll
  void remove() {
    if (installation != null) {
      installation.close();
    }
  }

  static byte[] compiled(Class<?> type) {
    try (InputStream bytes =
        Objects.requireNonNull(type.getResourceAsStream(type.getSimpleName() + ".class"))) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Installation installed() {
    return Objects.requireNonNull(installation);
  }

  Door door() {
    return Objects.requireNonNull(door);
  }

  Journey journey() {
    return new Journey(door());
  }
}
