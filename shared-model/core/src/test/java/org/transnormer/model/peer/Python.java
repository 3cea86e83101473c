package org.transnormer.model.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A Python with the reference implementations; with {@code TNL_STRICT=1} it must be there. */
public final class Python {

  private static final String MISSING =
      "no Python with the references: set TNL_PYTHON to one with"
          + " shared-model/core/src/test/python/requirements.txt installed";

  private Python() {}

  /** Runs a script of {@code src/test/python}; its test is skipped where modules are missing. */
  public static void run(String script, String modules, Path... arguments) {
    String python = System.getenv("TNL_PYTHON");
    boolean usable = python != null && end(List.of(python, "-c", "import " + modules)).isEmpty();
    if (!usable && "1".equals(System.getenv("TNL_STRICT"))) {
      Assertions.fail(MISSING);
    }
    Assumptions.assumeTrue(usable, MISSING);
    List<String> command =
        new ArrayList<>(List.of(python, Path.of("src/test/python", script).toString()));
    for (Path argument : arguments) {
      command.add(argument.toString());
    }
    Assertions.assertEquals("", end(command));
  }

  /** What a program says on its way to ending otherwise than by 0; empty when it ends well. */
  private static String end(List<String> command) {
    try {
      if (!Files.isExecutable(Path.of(command.getFirst()))) {
        return "not there";
      }
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said + " ended by " + process.exitValue();
    } catch (IOException e) {
      return command.getFirst() + " cannot be run: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
