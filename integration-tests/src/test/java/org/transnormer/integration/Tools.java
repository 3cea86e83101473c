package org.transnormer.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/** Programs that a test uses if they are there; with {@code TNL_STRICT=1} they must be. */
public final class Tools {

  /** Why the official client does not speak. */
  public static final String NO_PYTHON =
      "no Python with the official client: set TNL_PYTHON to one with"
          + " integration-tests/src/test/python/requirements.txt installed";

  private Tools() {}

  /** A Python with the test's requirements, named by {@code TNL_PYTHON}. */
  public static Optional<Path> python() {
    String named = System.getenv("TNL_PYTHON");
    if (named != null && Files.isExecutable(Path.of(named))) {
      return Optional.of(Path.of(named));
    }
    if ("1".equals(System.getenv("TNL_STRICT"))) {
      Assertions.fail(NO_PYTHON);
    }
    System.out.println("skipped: " + NO_PYTHON);
    return Optional.empty();
  }

  /** Runs a script and fails with what it said when it ends otherwise than by 0. */
  public static void run(Path program, Path script, Map<String, String> environment) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(program.toString(), script.toString()).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Assertions.assertEquals(0, process.waitFor(), said);
    } catch (IOException e) {
      throw new AssertionError(program + " cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
