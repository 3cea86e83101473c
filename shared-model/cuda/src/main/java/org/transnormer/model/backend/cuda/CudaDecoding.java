package org.transnormer.model.backend.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.ComposedDecoding;
import org.transnormer.model.backend.Decoding;
import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Five kernels a layer where rows are few and in bfloat16, few_rows.cu and attention_step.cu, in a
 * chain; one operation after another elsewhere.
 */
final class CudaDecoding implements Decoding {

  /** As in the kernels. */
  private static final int MOST_ROWS = 8;

  private static final int PAD = 32;
  private static final int THREADS = 256;
  private static final int OUTPUTS_OF_A_TILE = 16;
  private static final int OUTPUTS_OF_HALF_A_TILE = 8;

  private static final int BYTES_ON_THEIR_WAY = 64 * 1024;

  /** Most bytes that rows take in shared memory. */
  private static final int MOST_BYTES_OF_ROWS = 80 * 1024;

  /** Of shared memory, in which the kernels add up. */
  private static final int STATIC_BYTES = 10 * 1024;

  private final Kernels kernels;
  private final CudaAttention attention;
  private final ComposedDecoding composed;

  CudaDecoding(Kernels kernels, CudaAttention attention, ComposedDecoding composed) {
    this.kernels = kernels;
    this.attention = attention;
    this.composed = composed;
  }

  @Override
  public void normProduct(Tensor y, Tensor n, Tensor r, Tensor x, Tensor w) {
    if (!fits(x, w) || x.type() != ElementType.F32) {
      composed.normProduct(y, n, r, x, w);
      return;
    }
    Shapes.matrix("y", y, x.rows(), Math.toIntExact(w.rows()));
    launch("step_norm_" + CudaStorage.suffix(y), OUTPUTS_OF_A_TILE, y, x, null, w);
  }

  @Override
  public void normGlu(Tensor h, Tensor g, Tensor n, Tensor r, Tensor x, Tensor w12) {
    boolean fits = fits(x, w12) && x.type() == ElementType.F32;
    boolean many = x.rows() >= ManyRows.FEWEST && w12.type() == ElementType.BF16 && aligned(w12);
    if (!fits && !many) {
      composed.normGlu(h, g, n, r, x, w12);
      return;
    }
    Shapes.matrix("h", h, x.rows(), Math.toIntExact(w12.rows() / 2));
    CudaStorage.require(h, ElementType.BF16);
    if (many) {
      composed.backend().norm().forward(n, r, x);
      ManyRows.launch(kernels, "glu", h, n, w12);
      return;
    }
    launch("step_glu", OUTPUTS_OF_HALF_A_TILE, h, x, null, w12);
  }

  @Override
  public void gatedProduct(Tensor x, Tensor z, Tensor r, Tensor o, Tensor u, Tensor w) {
    if (!fits(o, w) || !aligned(u) || o.type() != ElementType.BF16) {
      composed.gatedProduct(x, z, r, o, u, w);
      return;
    }
    Shapes.matrix("x", x, o.rows(), Math.toIntExact(w.rows()));
    Shapes.matrix("u", u, o.rows(), o.columns());
    CudaStorage.require(x, ElementType.F32);
    CudaStorage.require(u, ElementType.BF16);
    launch("step_gated", OUTPUTS_OF_HALF_A_TILE, x, o, u, w);
  }

  @Override
  public void addProduct(Tensor x, Tensor h, Tensor w) {
    if (!fits(h, w) || h.type() != ElementType.BF16) {
      composed.addProduct(x, h, w);
      return;
    }
    Shapes.matrix("x", x, h.rows(), Math.toIntExact(w.rows()));
    CudaStorage.require(x, ElementType.F32);
    launch("step_add", OUTPUTS_OF_HALF_A_TILE, x, h, null, w);
  }

  private boolean fits(Tensor x, Tensor w) {
    return w.type() == ElementType.BF16
        && x.rows() <= MOST_ROWS
        && bytes(x) <= MOST_BYTES_OF_ROWS
        && bytes(x) + BYTES_ON_THEIR_WAY + STATIC_BYTES <= kernels.launcher().sharedBytes()
        && aligned(x)
        && aligned(w);
  }

  private static int bytes(Tensor x) {
    return Math.toIntExact(x.rows() * (x.columns() + PAD) * Short.BYTES);
  }

  /** Whether every row begins at 16 bytes and is whole pieces of them. */
  static boolean aligned(Tensor x) {
    int piece = 2 * Long.BYTES / x.type().bytes();
    return x.offset() % piece == 0 && x.rowStride() % 8 == 0 && x.columns() % 8 == 0;
  }

  private void launch(
      String kernel, int outputs, Tensor y, Tensor x, @Nullable Tensor gate, Tensor w) {
    Shapes.matrix("w", w, w.rows(), x.columns());
    Shapes.dense("w", w, w.elements());
    kernels.arguments().matrix(y).matrix(x);
    if (gate == null) {
      kernels.current().add(0L).add(0);
    } else {
      kernels.current().matrix(gate);
    }
    kernels
        .current()
        .vector(w)
        .add(Math.toIntExact(x.rows()))
        .add(y.columns())
        .add(x.columns())
        .add((float) Norm.EPSILON);
    int blocks = Math.min(Math.ceilDiv(y.columns(), outputs), kernels.launcher().processors());
    kernels.launchChained(kernel, Grid.of(blocks), THREADS, BYTES_ON_THEIR_WAY + bytes(x));
  }

  @Override
  public void attention(
      Tensor o,
      List<Tensor> states,
      Tensor qkv,
      Tensor activated,
      Activation activation,
      int group,
      Decay decay) {
    if (activation == Activation.EXP) {
      composed.attention(o, states, qkv, activated, activation, group, decay);
      return;
    }
    int hidden = o.columns();
    attention.step(
        o,
        states,
        qkv.columns(0, hidden),
        qkv.columns(hidden, 2 * hidden),
        qkv.columns(2 * hidden, 3 * hidden),
        decay,
        activation,
        activated.columns() > 2 * hidden);
  }
}
