package org.transnormer.model.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every operation on a device, beside the same on the processor in fp32: random inputs that bf16
 * holds exactly, outputs full of NaN before. Errors are relative L2; NaN is never small enough.
 */
final class Correctness {

  private static final double EXACT = 1e-5;
  private static final double ROUNDED = 3e-3;

  /**
   * Of the GLU of a decoding step in bf16: SRMS(x) for both factors, these, and their product are
   * rounded, five times 1.7e-3 in the root mean square.
   */
  private static final double OFTEN_ROUNDED = 5e-3;

  /**
   * @param batch sequences
   * @param time rows of each
   * @param width of a head
   */
  record Shape(int batch, int time, int heads, int width, int vocabulary) {

    int rows() {
      return batch * time;
    }

    int columns() {
      return heads * width;
    }
  }

  static final Shape LARGE = new Shape(2, 1500, 4, 128, 5000);

  private Correctness() {}

  /** On the GPU in both types; what is wrong fails, after everything has been compared. */
  static void run(ObjectNode report) {
    Map<String, float[]> expected = expected(LARGE);
    List<String> wrong = new ArrayList<>();
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      try (CudaBackend gpu = new CudaBackend(new DriverLauncher(0, true), type)) {
        wrong.addAll(compare(report.putObject(type.toString()), gpu, LARGE, expected));
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalStateException("wrong: " + String.join("; ", wrong));
    }
  }

  /** What the processor computes, by name. */
  static Map<String, float[]> expected(Shape shape) {
    try (CpuBackend cpu = CpuBackend.open(Runtime.getRuntime().availableProcessors(), false)) {
      return new EveryOperation(cpu, shape).compute();
    }
  }

  /**
   * @param errors filled with them, by name
   * @return what is wrong, with its error
   */
  static List<String> compare(
      ObjectNode errors, Backend device, Shape shape, Map<String, float[]> expected) {
    ElementType type = device.compute();
    Map<String, float[]> actual = new EveryOperation(device, shape).compute();
    List<String> wrong = new ArrayList<>();
    expected.forEach((name, numbers) -> {
      double error = error(actual.get(name), numbers);
      double tolerance = tolerance(type, name);
      errors.put(name, error);
      boolean right = error <= tolerance;
      CudaBench.say(
          "%s %-5s %-40s %.2e of %.0e", right ? "ok   " : "WRONG", type, name, error, tolerance);
      if (!right) {
        wrong.add("%s in %s by %.2e".formatted(name, type, error));
      }
    });
    return wrong;
  }

  private static double tolerance(ElementType type, String name) {
    if (name.equals(EveryOperation.CHOICE)) {
      return 0;
    }
    if (type == ElementType.F32) {
      return EXACT;
    }
    return name.startsWith(EveryOperation.GLU) ? OFTEN_ROUNDED : ROUNDED;
  }

  private static double error(float @Nullable [] actual, float[] expected) {
    if (actual == null) {
      return Double.NaN;
    }
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return difference == 0 ? 0 : Math.sqrt(difference / size);
  }
}
