package org.transnormer.model.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.transnormer.model.backend.Loss;

/**
 * Reverse-mode differentiation of matrices in double. Every operation records how its gradient goes
 * back; nothing is fused and nothing is shared with the library.
 */
public final class Tape {

  private final List<Runnable> back = new ArrayList<>();

  /** A matrix and the gradient of the loss with respect to it. */
  public static final class Matrix {
    public final int rows;
    public final int columns;
    public final double[] x;
    public final double[] dx;

    public Matrix(int rows, int columns) {
      this(rows, columns, new double[rows * columns]);
    }

    public Matrix(int rows, int columns, double[] x) {
      this.rows = rows;
      this.columns = columns;
      this.x = x;
      this.dx = new double[x.length];
    }

    double at(int row, int column) {
      return x[row * columns + column];
    }
  }

  /** Gradients of a 1 x 1 matrix. */
  public void backward(Matrix loss) {
    loss.dx[0] = 1;
    back.reversed().forEach(Runnable::run);
  }

  /** y = x w^T */
  public Matrix linear(Matrix x, Matrix w) {
    Matrix y = new Matrix(x.rows, w.rows);
    for (int n = 0; n < x.rows; n++) {
      for (int o = 0; o < w.rows; o++) {
        double sum = 0;
        for (int i = 0; i < x.columns; i++) {
          sum += x.at(n, i) * w.at(o, i);
        }
        y.x[n * y.columns + o] = sum;
      }
    }
    back.add(() -> {
      for (int n = 0; n < x.rows; n++) {
        for (int o = 0; o < w.rows; o++) {
          double dy = y.dx[n * y.columns + o];
          for (int i = 0; i < x.columns; i++) {
            x.dx[n * x.columns + i] += dy * w.at(o, i);
            w.dx[o * x.columns + i] += dy * x.at(n, i);
          }
        }
      }
    });
    return y;
  }

  public Matrix add(Matrix a, Matrix b) {
    Matrix y = new Matrix(a.rows, a.columns);
    for (int i = 0; i < y.x.length; i++) {
      y.x[i] = a.x[i] + b.x[i];
    }
    back.add(() -> {
      for (int i = 0; i < y.x.length; i++) {
        a.dx[i] += y.dx[i];
        b.dx[i] += y.dx[i];
      }
    });
    return y;
  }

  public Matrix multiply(Matrix a, Matrix b) {
    Matrix y = new Matrix(a.rows, a.columns);
    for (int i = 0; i < y.x.length; i++) {
      y.x[i] = a.x[i] * b.x[i];
    }
    back.add(() -> {
      for (int i = 0; i < y.x.length; i++) {
        a.dx[i] += y.dx[i] * b.x[i];
        b.dx[i] += y.dx[i] * a.x[i];
      }
    });
    return y;
  }

  public Matrix map(Matrix a, DoubleUnaryOperator function, DoubleUnaryOperator slope) {
    Matrix y = new Matrix(a.rows, a.columns);
    for (int i = 0; i < y.x.length; i++) {
      y.x[i] = function.applyAsDouble(a.x[i]);
    }
    back.add(() -> {
      for (int i = 0; i < y.x.length; i++) {
        a.dx[i] += y.dx[i] * slope.applyAsDouble(a.x[i]);
      }
    });
    return y;
  }

  /** e^(x - m) by groups of columns, without a gradient through the maximum m. */
  public Matrix exp(Matrix a, int group) {
    Matrix y = new Matrix(a.rows, a.columns);
    for (int from = 0; from < y.x.length; from += group) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = from; i < from + group; i++) {
        largest = Math.max(largest, a.x[i]);
      }
      for (int i = from; i < from + group; i++) {
        y.x[i] = Math.exp(a.x[i] - largest);
      }
    }
    back.add(() -> {
      for (int i = 0; i < y.x.length; i++) {
        a.dx[i] += y.dx[i] * y.x[i];
      }
    });
    return y;
  }

  public Matrix columns(Matrix a, int from, int to) {
    Matrix y = new Matrix(a.rows, to - from);
    for (int n = 0; n < a.rows; n++) {
      System.arraycopy(a.x, n * a.columns + from, y.x, n * y.columns, y.columns);
    }
    back.add(() -> {
      for (int n = 0; n < a.rows; n++) {
        for (int j = 0; j < y.columns; j++) {
          a.dx[n * a.columns + from + j] += y.dx[n * y.columns + j];
        }
      }
    });
    return y;
  }

  /** x / sqrt(mean(x^2) + 1e-6) by rows. */
  public Matrix norm(Matrix a) {
    Matrix y = new Matrix(a.rows, a.columns);
    double[] r = new double[a.rows];
    for (int n = 0; n < a.rows; n++) {
      double squares = 0;
      for (int j = 0; j < a.columns; j++) {
        squares += a.at(n, j) * a.at(n, j);
      }
      r[n] = 1 / Math.sqrt(squares / a.columns + 1e-6);
      for (int j = 0; j < a.columns; j++) {
        y.x[n * a.columns + j] = a.at(n, j) * r[n];
      }
    }
    back.add(() -> {
      for (int n = 0; n < a.rows; n++) {
        double dot = 0;
        for (int j = 0; j < a.columns; j++) {
          dot += y.dx[n * a.columns + j] * a.at(n, j);
        }
        for (int j = 0; j < a.columns; j++) {
          double direct = y.dx[n * a.columns + j] * r[n];
          a.dx[n * a.columns + j] += direct - a.at(n, j) * dot * r[n] * r[n] * r[n] / a.columns;
        }
      }
    });
    return y;
  }

  /** scale table[token]; the padding token's lookup has no gradient. */
  public Matrix embed(Matrix table, int[] tokens, double scale, int padToken) {
    Matrix y = new Matrix(tokens.length, table.columns);
    for (int n = 0; n < tokens.length; n++) {
      for (int j = 0; j < table.columns; j++) {
        y.x[n * table.columns + j] = scale * table.at(tokens[n], j);
      }
    }
    back.add(() -> {
      for (int n = 0; n < tokens.length; n++) {
        for (int j = 0; j < table.columns && tokens[n] != padToken; j++) {
          table.dx[tokens[n] * table.columns + j] += scale * y.dx[n * table.columns + j];
        }
      }
    });
    return y;
  }

  /** Per head [x cos(p theta), x sin(p theta)]; row n is at position n mod time. */
  public Matrix positions(Matrix a, Matrix theta, int heads, int time) {
    int e = a.columns / heads;
    Matrix y = new Matrix(a.rows, 2 * a.columns);
    for (int n = 0; n < a.rows; n++) {
      for (int c = 0; c < a.columns; c++) {
        double phase = n % time * theta.x[c];
        int to = n * y.columns + c / e * 2 * e + c % e;
        y.x[to] = a.at(n, c) * Math.cos(phase);
        y.x[to + e] = a.at(n, c) * Math.sin(phase);
      }
    }
    back.add(() -> {
      for (int n = 0; n < a.rows; n++) {
        for (int c = 0; c < a.columns; c++) {
          int p = n % time;
          double cos = Math.cos(p * theta.x[c]);
          double sin = Math.sin(p * theta.x[c]);
          int from = n * y.columns + c / e * 2 * e + c % e;
          a.dx[n * a.columns + c] += y.dx[from] * cos + y.dx[from + e] * sin;
          theta.dx[c] += p * a.at(n, c) * (y.dx[from + e] * cos - y.dx[from] * sin);
        }
      }
    });
    return y;
  }

  /**
   * o_t = sum over s <= t of lambda^(t-s) (q_t k_s) v_s, written out pair by pair.
   *
   * @param starts per row the position at which its document begins
   */
  public Matrix attention(Matrix q, Matrix k, Matrix v, double[] rates, int time, int[] starts) {
    int heads = rates.length;
    int ek = q.columns / heads;
    int ev = v.columns / heads;
    Matrix o = new Matrix(v.rows, v.columns);
    for (int n = 0; n < o.rows; n++) {
      for (int s = n - n % time + starts[n]; s <= n; s++) {
        for (int h = 0; h < heads; h++) {
          double weight = Math.exp(-rates[h] * (n - s)) * dot(q.x, n, k.x, s, h, heads, ek);
          for (int j = 0; j < ev; j++) {
            o.x[n * o.columns + h * ev + j] += weight * v.at(s, h * ev + j);
          }
        }
      }
    }
    back.add(() -> {
      for (int n = 0; n < o.rows; n++) {
        for (int s = n - n % time + starts[n]; s <= n; s++) {
          for (int h = 0; h < heads; h++) {
            double decay = Math.exp(-rates[h] * (n - s));
            double score = decay * dot(q.x, n, k.x, s, h, heads, ek);
            double dScore = decay * dot(o.dx, n, v.x, s, h, heads, ev);
            for (int j = 0; j < ev; j++) {
              v.dx[s * v.columns + h * ev + j] += score * o.dx[n * o.columns + h * ev + j];
            }
            for (int j = 0; j < ek; j++) {
              q.dx[n * q.columns + h * ek + j] += dScore * k.at(s, h * ek + j);
              k.dx[s * q.columns + h * ek + j] += dScore * q.at(n, h * ek + j);
            }
          }
        }
      }
    });
    return o;
  }

  private static double dot(double[] a, int row, double[] b, int other, int h, int heads, int e) {
    double sum = 0;
    for (int j = 0; j < e; j++) {
      sum += a[(row * heads + h) * e + j] * b[(other * heads + h) * e + j];
    }
    return sum;
  }

  /** scale (sum of -log p + zLoss (log Z)^2) over the targets that count. */
  public Matrix loss(Matrix logits, int[] targets, double scale, double zLoss) {
    Matrix y = new Matrix(1, 1);
    double[] logZ = new double[logits.rows];
    for (int n = 0; n < logits.rows; n++) {
      double sum = 0;
      for (int j = 0; j < logits.columns; j++) {
        sum += Math.exp(logits.at(n, j));
      }
      logZ[n] = Math.log(sum);
      if (targets[n] != Loss.IGNORE) {
        y.x[0] += scale * (logZ[n] - logits.at(n, targets[n]) + zLoss * logZ[n] * logZ[n]);
      }
    }
    back.add(() -> {
      for (int n = 0; n < logits.rows; n++) {
        for (int j = 0; j < logits.columns && targets[n] != Loss.IGNORE; j++) {
          double p = Math.exp(logits.at(n, j) - logZ[n]);
          double slope = (1 + 2 * zLoss * logZ[n]) * p - (j == targets[n] ? 1 : 0);
          logits.dx[n * logits.columns + j] += y.dx[0] * scale * slope;
        }
      }
    });
    return y;
  }
}
