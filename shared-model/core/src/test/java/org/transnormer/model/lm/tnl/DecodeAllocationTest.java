package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.model.golden.Golden;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;

/**
 * A decoding step leaves nothing to collect. Only the optimising compiler keeps vectors and views
 * off the heap, and what it makes of a method depends on who else has called it; so steps are done
 * in a process of their own, without the other compiler, until nothing is left or clearly never
 * will be.
 */
class DecodeAllocationTest {

  private static final int STEPS = 200;
  private static final double PATIENCE_SECONDS = 300;

  @ParameterizedTest
  @CsvSource({"tnl1-small, F32, 1", "tnl1-small, BF16, 2", "tnl3-small, INT8, 1"})
  void warmStepsAllocateNothing(String model, WeightStorage storage, int sequences)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:-TieredCompilation",
                "-cp",
                System.getProperty("java.class.path"),
                Decoder.class.getName(),
                Golden.path(model).toAbsolutePath().toString(),
                storage.name(),
                Integer.toString(sequences))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.lines())
          .as("bytes that %d steps allocated at least", STEPS)
          .last()
          .isEqualTo("0");
    }
    assertThat(process.waitFor()).isZero();
  }

  /** Prints the least that the calling thread allocated in {@value #STEPS} steps. */
  static final class Decoder {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Decoder() {}

    public static void main(String[] arguments) throws IOException {
      int sequences = Integer.parseInt(arguments[2]);
      LoadOptions options = new LoadOptions(2, false, WeightStorage.valueOf(arguments[1]));
      try (CausalLm lm = CausalLm.load(Path.of(arguments[0]), options)) {
        List<SequenceState> states = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
          states.add(lm.newState());
        }
        int[] tokens = new int[sequences];
        Arrays.setAll(tokens, i -> 5 + i);
        Logits logits = new Logits(sequences, lm.config().vocabSize());
        long least = Long.MAX_VALUE;
        long end = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        while (least > 0 && System.nanoTime() < end) {
          least = Math.min(least, allocated(lm, states, tokens, logits));
        }
        states.forEach(SequenceState::close);
        System.out.println(least);
      }
    }

    private static long allocated(
        CausalLm lm, List<SequenceState> states, int[] tokens, Logits logits) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < STEPS; i++) {
        lm.decode(states, tokens, logits);
      }
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }
}
