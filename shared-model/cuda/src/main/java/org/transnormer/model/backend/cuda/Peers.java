package org.transnormer.model.backend.cuda;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Python's libraries need for the same work on the same card: programs of benchmarks/peers
 * that print a JSON object a line. Where Python, PyTorch or a GPU for it is missing, the report
 * says which.
 */
final class Peers {

  /** Of the measurements in a report. */
  static final String RUNS = "runs";

  static final String SKIPPED = "skipped";

  private static final String NEEDED =
      "import torch, triton; assert torch.cuda.is_available(), 'PyTorch sees no GPU'";

  private final Path scripts;
  private final String python;

  /** What the programs say beside results. */
  private final Path messages;

  Peers(Path scripts, String python, Path messages) {
    this.scripts = scripts;
    this.python = python;
    this.messages = messages;
  }

  /** As the environment says: PYTHON names an interpreter, {@code tnl.bench.peers} the folder. */
  static Peers ofEnvironment(Path messages) {
    return new Peers(
        Path.of(System.getProperty("tnl.bench.peers", "benchmarks/peers")),
        Objects.requireNonNullElse(System.getenv("PYTHON"), "python3"),
        messages);
  }

  /**
   * @param report gets an array of what the program printed, or why it did not run
   */
  void run(ObjectNode report, String script, String... arguments)
      throws IOException, InterruptedException {
    String missing = missing(script);
    if (missing != null) {
      report.put(SKIPPED, missing);
      CudaBench.say("skipped: %s", missing);
      return;
    }
    String[] command = new String[arguments.length + 2];
    command[0] = python;
    command[1] = scripts.resolve(script).toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    Process process = builder(command).start();
    ArrayNode runs = report.putArray(RUNS);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        CudaBench.say("%s", line);
        JsonNode run = parsed(line);
        if (run != null) {
          runs.add(run);
        }
      }
    }
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(
          "%s ended with status %d; what it said is in %s".formatted(script, status, messages));
    }
  }

  private ProcessBuilder builder(String... command) {
    return new ProcessBuilder(command).redirectError(Redirect.appendTo(messages.toFile()));
  }

  private static @Nullable JsonNode parsed(String line) {
    try {
      return line.startsWith("{") ? JsonMapper.shared().readTree(line) : null;
    } catch (JacksonException e) {
      return null; // a line that only begins like one
    }
  }

  private @Nullable String missing(String script) throws InterruptedException {
    if (!Files.exists(scripts.resolve(script))) {
      return scripts.resolve(script) + " is not here";
    }
    try {
      Process check = new ProcessBuilder(python, "-c", NEEDED).redirectErrorStream(true).start();
      String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return check.waitFor() == 0
          ? null
          : python + ": " + said.lines().reduce((a, b) -> b).orElse("");
    } catch (IOException e) {
      return "no Python: " + e.getMessage();
    }
  }
}
