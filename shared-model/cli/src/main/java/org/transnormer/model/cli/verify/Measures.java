package org.transnormer.model.cli.verify;

import java.util.Arrays;

/** Distances between what was computed and what a reference says. */
final class Measures {

  private Measures() {}

  /** max |a - b|; infinite where one is no number and the other is another one. */
  static double absolute(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double distance = a[i] == b[i] ? 0 : Math.abs(a[i] - b[i]);
      largest = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(largest, distance);
    }
    return largest;
  }

  /** max |a - b| / max |b|; where b is all zero, max |a|. */
  static double relative(double[] a, double[] b) {
    double scale = Arrays.stream(b).map(Math::abs).max().orElse(0);
    double distance = absolute(a, b);
    return scale == 0 || distance == 0 ? distance : distance / scale;
  }

  /** The largest {@link #relative} of a row. */
  static double relativeByRow(double[] a, double[] b, int columns) {
    double largest = 0;
    for (int from = 0; from < a.length; from += columns) {
      double[] row = Arrays.copyOfRange(a, from, from + columns);
      largest = Math.max(largest, relative(row, Arrays.copyOfRange(b, from, from + columns)));
    }
    return largest;
  }

  /** |a - b| / |b| in the L2 norm. */
  static double relativeL2(double[] a, double[] b) {
    double distance = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      distance += (a[i] - b[i]) * (a[i] - b[i]);
      scale += b[i] * b[i];
    }
    return Math.sqrt(distance / scale);
  }

  /** [B, M, N, C] as [B, N, M, C]. */
  static float[] swapMiddle(float[] x, int batch, int outer, int inner, int columns) {
    float[] y = new float[x.length];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          int from = ((b * outer + i) * inner + j) * columns;
          int to = ((b * inner + j) * outer + i) * columns;
          System.arraycopy(x, from, y, to, columns);
        }
      }
    }
    return y;
  }

  static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
