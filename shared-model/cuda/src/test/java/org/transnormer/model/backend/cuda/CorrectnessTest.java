package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bench's comparison of all kernels, by emulation and on cards of every size. */
class CorrectnessTest {

  private static final Correctness.Shape SMALL = new Correctness.Shape(1, 140, 2, 128, 300);

  private static Map<String, float[]> expected;

  @BeforeAll
  static void compute() {
    expected = Correctness.expected(SMALL);
  }

  @Test
  void everyOperationIsRightInFloats() {
    assertRight(Emulation.open(ElementType.F32));
  }

  /** Where a block has less shared memory, attention and decoding take other kernels. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        Emulation.HOPPER_SHARED_BYTES,
        Emulation.A100_SHARED_BYTES,
        Emulation.SMALL_SHARED_BYTES
      })
  void everyOperationIsRightInBfloat16WithSoMuchSharedMemory(int bytes) {
    assertRight(Emulation.open(ElementType.BF16, 4, bytes));
  }

  private static void assertRight(CudaBackend device) {
    ObjectNode errors = JsonMapper.shared().createObjectNode();
    try (device) {
      assertThat(Correctness.compare(errors, device, SMALL, expected)).isEmpty();
    }
    assertThat(errors.size()).isEqualTo(expected.size());
  }

  @Test
  void aResultThatIsOffIsNamed() {
    Map<String, float[]> others = new HashMap<>(expected);
    others.computeIfPresent(
        "norm",
        (_, numbers) -> {
          float[] off = numbers.clone();
          off[0] += 1;
          return off;
        });
    ObjectNode errors = JsonMapper.shared().createObjectNode();
    try (CpuBackend cpu = CpuBackend.open(1, false)) {
      assertThat(Correctness.compare(errors, cpu, SMALL, others))
          .singleElement()
          .asString()
          .startsWith("norm in F32");
    }
  }
}
