package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Pointwise;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.Tensor;

/** Elementwise operations; pointwise.cu. */
final class CudaPointwise implements Pointwise {

  private final Kernels kernels;

  CudaPointwise(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void activate(Tensor y, Tensor x, Activation activation, int group) {
    int columns = x.columns();
    Shapes.matrix("y", y, x.rows(), columns);
    requireGroup(group, x);
    String suffix = CudaStorage.suffix(y, x);
    if (activation == Activation.EXP) {
      kernels.arguments().matrix(y).add(0L).add(0).matrix(x).add(group);
      launchGroups("exponential_" + suffix, x, group);
    } else {
      kernels.arguments().matrix(y).matrix(x).add(columns).add(activation.ordinal());
      kernels.launchRows("activate_" + suffix, x.rows(), columns);
    }
  }

  @Override
  public void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation, int group) {
    int columns = x.columns();
    Shapes.matrix("dx", dx, x.rows(), columns);
    Shapes.matrix("dy", dy, x.rows(), columns);
    requireGroup(group, x);
    String suffix = CudaStorage.suffix(dx, dy, x);
    if (activation == Activation.EXP) {
      kernels.arguments().matrix(dx).matrix(dy).matrix(x).add(group);
      launchGroups("exponential_" + suffix, x, group);
    } else {
      kernels.arguments().matrix(dx).matrix(dy).matrix(x).add(columns).add(activation.ordinal());
      kernels.launchRows("activate_backward_" + suffix, x.rows(), columns);
    }
  }

  private void launchGroups(String kernel, Tensor x, int group) {
    kernels.launch(kernel, Grid.of(x.columns() / group, x.rows()), Kernels.threadsFor(group));
  }

  private static void requireGroup(int group, Tensor x) {
    Kernels.require(
        group > 0 && x.columns() % group == 0, "groups do not divide the columns of %s", x);
  }

  @Override
  public void multiply(Tensor h, Tensor a, Tensor b) {
    Shapes.matrix("h", h, a.rows(), a.columns());
    Shapes.matrix("b", b, a.rows(), a.columns());
    kernels.arguments().matrix(h).matrix(a).matrix(b).add(a.columns());
    kernels.launchRows("multiply_" + CudaStorage.suffix(h, a, b), a.rows(), a.columns());
  }

  @Override
  public void multiplyBackward(Tensor da, Tensor db, Tensor dh, Tensor a, Tensor b) {
    for (Tensor other : new Tensor[] {da, db, dh, b}) {
      Shapes.matrix("a factor or gradient", other, a.rows(), a.columns());
    }
    kernels.arguments().matrix(da).matrix(db).matrix(dh).matrix(a).matrix(b).add(a.columns());
    kernels.launchRows(
        "multiply_backward_" + CudaStorage.suffix(da, db, dh, a, b), a.rows(), a.columns());
  }
}
