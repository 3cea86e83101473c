package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.Tensor;

/** SRMSNorm, forward and backward; compared row by row, since rows differ by powers of ten. */
record NormSubject(String name, Path file) implements Subject {

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(file);
        HostTensors host = new HostTensors(tools.backend())) {
      Ledger ledger = new Ledger(golden);
      int[] shape = golden.shape("x", 2);
      Norm norm = tools.backend().norm();
      Tensor x = host.of(golden.floats("x"), shape[0], shape[1]);
      Tensor y = host.zeros(shape[0], shape[1]);
      Tensor r = host.zeros(shape[0], 1);
      norm.forward(y, r, x);
      ledger.byRow("y", host.array(y), shape[1], Tolerances.OPERATOR);
      if (golden.has("dy")) {
        Tensor dx = host.zeros(shape[0], shape[1]);
        Tensor dy = host.of(golden.floats("dy"), shape[0], shape[1]);
        norm.backward(Write.OVERWRITE, dx, dy, y, r);
        ledger.byRow("dx", host.array(dx), shape[1], Tolerances.OPERATOR_GRADIENT);
      }
      return ledger.outcome();
    }
  }
}
