package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs in C++ beside the kernels: what the emulator catches, kernels next to their formulas in
 * double, and flaws that these must see.
 */
class KernelProgramsTest {

  private static final Path SOURCES = Path.of("src/test/cuda").toAbsolutePath();
  private static final Path KERNELS =
      Path.of(System.getProperty("tnl.cuda.emulated", "target/emulated"), "kernels.so")
          .toAbsolutePath();

  @TempDir Path folder;

  @BeforeAll
  static void needsACompiler() {
    if (!"1".equals(System.getenv("TNL_STRICT"))) {
      assumeThat(Files.exists(KERNELS))
          .as("%s was not built: is there a g++? Kernels are not tested without", KERNELS)
          .isTrue();
    }
  }

  @Test
  void theEmulatorCatchesFlawsAndPassesWhatIsRight() throws Exception {
    build("emulator_test", SOURCES.resolve("emulator/emulator_test.cu"));

    run(folder.resolve("emulator_test").toString());
  }

  @Test
  void attentionAndItsGradientAreTheRecurrence() throws Exception {
    build("attention_check", SOURCES.resolve("attention_check.cu"), KERNELS);

    run(folder.resolve("attention_check").toString(), "1");
  }

  @Test
  void otherKernelsAreTheirFormulas() throws Exception {
    build("kernel_check", SOURCES.resolve("kernel_check.cu"), KERNELS);

    for (String seed : List.of("1", "2", "3")) {
      run(folder.resolve("kernel_check").toString(), seed);
    }
  }

  @Test
  void flawsOfEveryKindAreCaughtInEveryKindOfKernel() throws Exception {
    run(SOURCES.resolve("mutants.sh").toString(), "few");
  }

  @Test
  @Tag("soak")
  void everyFlawIsCaught() throws Exception {
    run(SOURCES.resolve("mutants.sh").toString());
  }

  private void build(String name, Path... sources) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(SOURCES.resolve("emulator/build.sh").toString());
    command.add(folder.resolve(name).toString());
    for (Path source : sources) {
      command.add(source.toString());
    }
    run(command.toArray(String[]::new));
  }

  private void run(String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    int status = process.waitFor();
    assertThat(status).as("%s said:%n%s", command[0], Files.readString(said)).isZero();
  }
}
