package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;
import static org.transnormer.model.config.PhaseRounding.bfloat16;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.Positions;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.Tensor;

/** LRPE. */
final class CpuPositions implements Positions {

  /** Rows whose contributions to theta's gradient are summed before they join the others. */
  private static final int ROWS_PER_SUM = 64;

  private final WorkerPool pool;
  private final RowTasks tasks;

  CpuPositions(WorkerPool pool, RowTasks tasks) {
    this.pool = pool;
    this.tasks = tasks;
  }

  @Override
  public void angles(
      Tensor cosines, Tensor sines, Tensor theta, long[] positions, PhaseRounding rounding) {
    int columns = cosines.columns();
    Shapes.matrix("cosines", cosines, positions.length, columns);
    Shapes.matrix("sines", sines, positions.length, columns);
    Shapes.dense("theta", theta, columns);
    Rows cs = Rows.of(cosines);
    Rows ss = Rows.of(sines);
    long ta = address(theta);
    tasks.run(
        positions.length,
        columns,
        n -> {
          long c = cs.at(n);
          long s = ss.at(n);
          for (int j = 0; j < columns; j++) {
            long at = (long) j * Float.BYTES;
            float angle = Lanes.get(ta + at);
            if (rounding == PhaseRounding.FLOAT64) {
              double phase = positions[(int) n] * (double) angle;
              Lanes.set(c + at, Phases.cos(phase));
              Lanes.set(s + at, Phases.sin(phase));
            } else {
              float phase = bfloat16(bfloat16(positions[(int) n]) * bfloat16(angle));
              Lanes.set(c + at, bfloat16(Phases.cos(phase)));
              Lanes.set(s + at, bfloat16(Phases.sin(phase)));
            }
          }
        });
  }

  @Override
  public void forward(Tensor y, Tensor x, Tensor cosines, Tensor sines, int heads) {
    int columns = x.columns();
    int width = columns / heads;
    long period = requireAngles(x, cosines, sines, heads);
    Shapes.matrix("y", y, x.rows(), 2 * columns);
    Rows ys = Rows.of(y);
    Rows xs = Rows.of(x);
    Rows cs = Rows.of(cosines);
    Rows ss = Rows.of(sines);
    tasks.run(
        x.rows(),
        2 * columns,
        n -> {
          for (int h = 0; h < heads; h++) {
            long head = (long) h * width * Float.BYTES;
            long yh = ys.at(n) + 2 * head;
            long xh = xs.at(n) + head;
            long row = n % period;
            multiply(yh, xh, cs.at(row) + head, width);
            multiply(yh + (long) width * Float.BYTES, xh, ss.at(row) + head, width);
          }
        });
  }

  @Override
  public void backward(
      Tensor dx,
      Tensor dTheta,
      Tensor dy,
      Tensor x,
      Tensor cosines,
      Tensor sines,
      long[] positions,
      int heads) {
    int columns = x.columns();
    int width = columns / heads;
    long period = requireAngles(x, cosines, sines, heads);
    Shapes.matrix("dx", dx, x.rows(), columns);
    Shapes.matrix("dy", dy, x.rows(), 2 * columns);
    Shapes.dense("dTheta", dTheta, columns);
    Shapes.require(positions.length == period, "as many positions as rows of angles");
    long dta = address(dTheta);
    pool.run(
        heads * Math.ceilDiv(width, WIDTH),
        (task, _) -> {
          int perHead = Math.ceilDiv(width, WIDTH);
          int h = task / perHead;
          int j = task % perHead * WIDTH;
          VectorMask<Float> lanes = Lanes.rest(j, width);
          long column = ((long) h * width + j) * Float.BYTES;
          long wide = (2L * h * width + j) * Float.BYTES;
          FloatVector sum = Lanes.zero();
          for (long n = 0; n < x.rows(); n += ROWS_PER_SUM) {
            long to = Math.min(x.rows(), n + ROWS_PER_SUM);
            sum =
                sum.add(
                    backwardRows(
                        dx, dy, x, cosines, sines, positions, column, wide, width, n, to, lanes));
          }
          Lanes.store(dta + column, Lanes.load(dta + column, lanes).add(sum), lanes);
        });
  }

  /** dx = dy1 cos + dy2 sin; returns the sum of p x (dy2 cos - dy1 sin) over the rows. */
  private static FloatVector backwardRows(
      Tensor dx,
      Tensor dy,
      Tensor x,
      Tensor cosines,
      Tensor sines,
      long[] positions,
      long column,
      long wide,
      int width,
      long from,
      long to,
      VectorMask<Float> lanes) {
    Rows dxs = Rows.of(dx);
    Rows dys = Rows.of(dy);
    Rows xs = Rows.of(x);
    Rows cs = Rows.of(cosines);
    Rows ss = Rows.of(sines);
    FloatVector sum = Lanes.zero();
    for (long n = from; n < to; n++) {
      int row = (int) (n % positions.length);
      FloatVector c = Lanes.load(cs.at(row) + column, lanes);
      FloatVector s = Lanes.load(ss.at(row) + column, lanes);
      FloatVector dy1 = Lanes.load(dys.at(n) + wide, lanes);
      FloatVector dy2 = Lanes.load(dys.at(n) + wide + (long) width * Float.BYTES, lanes);
      Lanes.store(dxs.at(n) + column, dy1.mul(c).add(dy2.mul(s)), lanes);
      FloatVector turned = dy2.mul(c).sub(dy1.mul(s));
      FloatVector px = Lanes.load(xs.at(n) + column, lanes).mul(positions[row]);
      sum = px.fma(turned, sum);
    }
    return sum;
  }

  private static long requireAngles(Tensor x, Tensor cosines, Tensor sines, int heads) {
    Shapes.require(x.columns() % heads == 0, "heads do not divide the columns of " + x);
    long period = cosines.rows();
    Shapes.matrix("cosines", cosines, period, x.columns());
    Shapes.matrix("sines", sines, period, x.columns());
    Shapes.require(period > 0 && x.rows() % period == 0, "angles do not fit " + x);
    return period;
  }

  private static void multiply(long y, long x, long factors, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(y + at, Lanes.load(x + at).mul(Lanes.load(factors + at)));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(y + at, Lanes.load(x + at, rest).mul(Lanes.load(factors + at, rest)), rest);
    }
  }
}
