package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.transnormer.model.backend.Positions;
import org.transnormer.model.cli.verify.Comparison.Measure;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.Tensor;

/** LRPE, forward and backward, and the ramp that theta starts from. */
record PositionsSubject(String name, Path file) implements Subject {

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(file);
        HostTensors host = new HostTensors(tools.backend())) {
      Ledger ledger = new Ledger(golden);
      int[] shape = golden.shape("x", 4);
      int batch = shape[0];
      int heads = shape[1];
      int n = shape[2];
      int e = shape[3];
      long rows = (long) batch * n;
      long width = (long) heads * e;
      Positions positions = tools.backend().positions();
      Tensor x = host.of(Measures.swapMiddle(golden.floats("x"), batch, heads, n, e), rows, width);
      Tensor theta = host.of(golden.floats("theta"), heads, e);
      Tensor cosines = host.zeros(n, width);
      Tensor sines = host.zeros(n, width);
      Tensor y = host.zeros(rows, 2 * width);
      long first = golden.ints("p0")[0];
      long[] at = LongStream.range(first, first + n).toArray();

      positions.angles(cosines, sines, theta, at, PhaseRounding.FLOAT64);
      positions.forward(y, x, cosines, sines, heads);
      float[] features = Measures.swapMiddle(host.array(y), batch, n, heads, 2 * e);
      ledger.relative("y", features, Tolerances.OPERATOR);
      if (golden.has("dy")) {
        float[] given = Measures.swapMiddle(golden.floats("dy"), batch, heads, n, 2 * e);
        Tensor dy = host.of(given, rows, 2 * width);
        Tensor dx = host.zeros(rows, width);
        Tensor dTheta = host.zeros(heads, e);
        positions.backward(dx, dTheta, dy, x, cosines, sines, at, heads);
        float[] back = Measures.swapMiddle(host.array(dx), batch, n, heads, e);
        ledger.relative("dx", back, Tolerances.OPERATOR_GRADIENT);
        ledger.relative("dtheta", host.array(dTheta), Tolerances.OPERATOR_GRADIENT);
      }
      initialTheta(golden, ledger, Math.toIntExact(width));
      return ledger.outcome();
    }
  }

  private static void initialTheta(GoldenFile golden, Ledger ledger, int width) throws IOException {
    if (golden.has("theta_initial")) {
      double[] ramp = new double[width];
      for (int j = 0; j < width; j++) {
        ramp[j] = StrictMath.pow(10_000, -2.0 * j / width);
      }
      double error = Measures.relativeByRow(ramp, golden.doubles("theta_initial"), 1);
      ledger.add(
          new Comparison("theta_initial", Measure.RELATIVE_BY_ROW, error, Tolerances.OPERATOR, ""));
    }
  }
}
