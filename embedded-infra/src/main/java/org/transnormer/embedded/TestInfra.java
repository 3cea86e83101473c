package org.transnormer.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The embedded servers of a test JVM: started once, on first use, in a temporary folder, and
 * stopped with the JVM.
 */
public final class TestInfra {

  private TestInfra() {}

  private static final class Holder {

    static final EmbeddedInfra INFRA = start();

    private static EmbeddedInfra start() {
      try {
        Path folder = Files.createTempDirectory("tnl-test-infra");
        EmbeddedInfra infra = EmbeddedInfra.start(folder);
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      infra.close();
                      deleteTree(folder);
                    },
                    "stop-test-infra"));
        return infra;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void deleteTree(Path folder) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      } catch (IOException | UncheckedIOException e) {
        folder.toFile().deleteOnExit();
      }
    }
  }

  public static EmbeddedInfra get() {
    return Holder.INFRA;
  }

  /**
   * Spring properties with a schema that no other test uses. The servers are containers where a
   * Docker engine and Testcontainers are at hand (or {@code -Dtnl.test.infra=containers} says so),
   * and embedded everywhere else.
   */
  public static Map<String, String> freshProperties() {
    String schema = "t_" + UUID.randomUUID().toString().replace("-", "");
    Map<String, String> properties =
        Choice.CONTAINERS
            ? Containers.INFRA.springProperties(schema)
            : get().springProperties(schema);
    properties.put("spring.flyway.schemas", schema);
    properties.put("spring.flyway.default-schema", schema);
    return properties;
  }

  private static boolean wantsContainers() {
    String wanted = System.getProperty("tnl.test.infra", "auto");
    return switch (wanted) {
      case "containers" -> true;
      case "embedded" -> false;
      case "auto" -> ContainerInfra.isPossible();
      default ->
          throw new IllegalArgumentException(
              "tnl.test.infra is containers, embedded or auto, not " + wanted);
    };
  }

  private static final class Choice {
    static final boolean CONTAINERS = wantsContainers();
  }

  private static final class Containers {
    static final ContainerInfra INFRA = new ContainerInfra();
  }
}
