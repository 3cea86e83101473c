package org.transnormer.integration.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assertions;

/** A program of the machine, such as kubectl. */
record Command(Path program) {

  private static final Duration PATIENCE = Duration.ofMinutes(25);

  /** What a program answered. */
  record Answer(int status, String text) {}

  /** Named by a variable, or found on the PATH; without it the test cannot run. */
  static Command find(String name, String variable) {
    String named = System.getenv(variable);
    List<Path> candidates =
        named == null
            ? Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .toList()
            : List.of(Path.of(named));
    return new Command(
        candidates.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseGet(() ->
                Assertions.fail(
                    "the cluster test needs %s on the PATH, or named by %s"
                        .formatted(name, variable))));
  }

  Process start(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("KUBECONFIG", System.getenv("TNL_KUBECONFIG"));
      return builder.start();
    } catch (IOException e) {
      throw new AssertionError(program + " cannot be run", e);
    }
  }

  Answer ask(String... arguments) {
    return askWith("", arguments);
  }

  private Answer askWith(String input, String... arguments) {
    Process process = start(arguments);
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(program + " does not listen", e);
    }
    try {
      byte[] text =
          java.util.concurrent.CompletableFuture.supplyAsync(() -> readAll(process))
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return new Answer(process.waitFor(), new String(text, StandardCharsets.UTF_8));
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
      throw new AssertionError(program + " " + String.join(" ", arguments) + " does not end", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What it said; fails when it ended otherwise than by 0. */
  String run(String... arguments) {
    return require(ask(arguments), arguments);
  }

  String feed(String input, String... arguments) {
    return require(askWith(input, arguments), arguments);
  }

  private String require(Answer answer, String... arguments) {
    if (answer.status() != 0) {
      throw new AssertionError(
          "%s %s: %s".formatted(program, String.join(" ", arguments), answer.text()));
    }
    return answer.text();
  }

  private static byte[] readAll(Process process) {
    try {
      return process.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
