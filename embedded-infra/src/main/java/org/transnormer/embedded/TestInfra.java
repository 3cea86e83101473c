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

  /** Spring properties with a schema that no other test uses. */
  public static Map<String, String> freshProperties() {
    return get().springProperties("t_" + UUID.randomUUID().toString().replace("-", ""));
  }
}
