package org.transnormer.model.backend;

import java.util.List;
import org.transnormer.model.tensor.Tensor;

/** A decoding step's operations, one after another. */
public record ComposedDecoding(Backend backend) implements Decoding {

  @Override
  public void normProduct(Tensor y, Tensor n, Tensor r, Tensor x, Tensor w) {
    backend.norm().forward(n, r, x);
    backend.matmul().forwardFew(Write.OVERWRITE, y, n, w);
  }

  @Override
  public void normGlu(Tensor h, Tensor g, Tensor n, Tensor r, Tensor x, Tensor w12) {
    normProduct(g, n, r, x, w12);
    backend.pointwise().multiply(h, g.columns(0, h.columns()), g.columns(h.columns(), g.columns()));
  }

  @Override
  public void gatedProduct(Tensor x, Tensor z, Tensor r, Tensor o, Tensor u, Tensor w) {
    backend.norm().gatedForward(z, r, o, u);
    addProduct(x, z, w);
  }

  @Override
  public void addProduct(Tensor x, Tensor h, Tensor w) {
    backend.matmul().forwardFew(Write.ACCUMULATE, x, h, w);
  }

  @Override
  public void attention(
      Tensor o,
      List<Tensor> states,
      Tensor qkv,
      Tensor activated,
      Activation activation,
      int group,
      Attention.Decay decay) {
    int hidden = o.columns();
    Tensor before = qkv.columns(0, activated.columns());
    backend.pointwise().activate(activated, before, activation, group);
    Tensor values = activated.columns() > 2 * hidden ? activated : qkv;
    backend
        .attention()
        .step(
            o,
            states,
            activated.columns(0, hidden),
            activated.columns(hidden, 2 * hidden),
            values.columns(2 * hidden, 3 * hidden),
            decay);
  }
}
