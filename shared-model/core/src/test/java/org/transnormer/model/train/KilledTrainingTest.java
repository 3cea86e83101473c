package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;

/**
 * A process that trains is killed by the operating system at steps that chance picks, in the middle
 * of a step or of writing a checkpoint, and started again where it stood: what it ends with has the
 * same bits as an undisturbed run's.
 */
class KilledTrainingTest {

  private static final int STEPS = 40;
  private static final int EVERY = 3;

  @TempDir static Path folder;

  @BeforeAll
  static void trainUndisturbed() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
    Trainer.train(folder.resolve("tokens"), folder.resolve("undisturbed"), _ -> {});
  }

  @Test
  void aRunKilledTwiceEndsWithTheSameBits() throws Exception {
    killAndGoOn("twice", 2, System.nanoTime());
  }

  @Test
  @Tag("kill")
  void tenRunsKilledAtRandomEndWithTheSameBits() throws Exception {
    for (int run = 0; run < 10; run++) {
      killAndGoOn("run-" + run, 3, run);
    }
  }

  private static void killAndGoOn(String name, int kills, long seed) throws Exception {
    Random random = new Random(seed);
    Path run = folder.resolve(name);
    int killed = 0;
    for (int kill = 0; kill < kills; kill++) {
      int step = 1 + random.nextInt(STEPS / (kills + 1)) + kill * STEPS / (kills + 1);
      killed += killAt(run, step, random.nextInt(20)) ? 1 : 0;
    }
    Process last = start(run);
    List<String> said = new ArrayList<>();
    try (BufferedReader out = last.inputReader()) {
      out.lines().forEach(said::add);
    }
    assertThat(last.waitFor()).as("%s: %s", name, said).isZero();
    assertThat(killed).as("seed " + seed).isEqualTo(kills);
    for (String file :
        List.of("model.safetensors", "optimizer.safetensors", "training-state.json")) {
      assertThat(newest(run).orElseThrow().resolve(file))
          .as("%s, seed %d", name, seed)
          .hasSameBinaryContentAs(
              newest(folder.resolve("undisturbed")).orElseThrow().resolve(file));
    }
  }

  /** Whether the process was alive when it was killed, {@code millis} after it began the step. */
  private static boolean killAt(Path run, int step, int millis) throws Exception {
    Process process = start(run);
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("step ") && Integer.parseInt(line.substring(5)) >= step) {
          Thread.sleep(millis);
          break;
        }
      }
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    return process.exitValue() == 128 + 9;
  }

  private static Process start(Path run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Trainer.class.getName(),
            folder.resolve("tokens").toString(),
            run.toString())
        .redirectErrorStream(true)
        .start();
  }

  /** The checkpoint of the highest step; one that was being written has another name. */
  private static Optional<Path> newest(Path run) throws IOException {
    if (!Files.exists(run)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(run)) {
      return all.filter(path -> path.getFileName().toString().startsWith("step-"))
          .max(Comparator.comparing(path -> path.getFileName().toString()));
    }
  }

  /** Trains on from the newest checkpoint, and says each step before it takes it. */
  static final class Trainer {

    private Trainer() {}

    public static void main(String[] arguments) throws IOException {
      train(
          Path.of(arguments[0]), Path.of(arguments[1]), step -> System.out.println("step " + step));
    }

    static void train(Path data, Path run, LongConsumer before) throws IOException {
      Files.createDirectories(run);
      Optional<Path> from = newest(run);
      try (TokenSet tokens = TokenSet.open(data);
          Backend backend = CpuBackend.open(2, false);
          TrainingSession session =
              from.isPresent()
                  ? TrainingSession.resume(from.get(), spec(), tokens, backend)
                  : TrainingSession.start(spec(), tokens, backend)) {
        while (!session.finished()) {
          before.accept(session.stepsDone() + 1);
          session.step();
          if (session.stepsDone() % EVERY == 0 || session.finished()) {
            Path written = run.resolve("unfinished");
            session.writeCheckpoint(written);
            Path name = run.resolve("step-%05d".formatted(session.stepsDone()));
            Files.move(written, name, StandardCopyOption.ATOMIC_MOVE);
          }
        }
      }
    }

    private static TrainingSpec spec() {
      return new TrainingSpec(
              TnlConfig.of(TinyTokens.VOCABULARY, 32, 2, 2, 64, 0).withGate(4),
              OptimizerSpec.adamW(3e-3, Schedule.INVERSE_SQRT, 5),
              new BatchSpec(4, 48, 3, true),
              STEPS,
              5,
              new EvalSpec(0, 480),
              new CheckpointSpec(0, 0))
          .withObjective(new ObjectiveSpec(1e-4, true, List.of()));
    }
  }
}
