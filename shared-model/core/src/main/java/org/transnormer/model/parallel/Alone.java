package org.transnormer.model.parallel;

import java.util.List;
import org.transnormer.model.tensor.Tensor;

/** A group of one rank, which has nobody to talk to. */
enum Alone implements Collectives {
  INSTANCE;

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void allReduce(Tensor x) {}

  @Override
  public void allReduce(double[] values) {}

  @Override
  public void reduceScatter(List<Tensor> pieces) {}

  @Override
  public void allGather(List<Tensor> pieces) {}

  @Override
  public void broadcast(Tensor x, int root) {}

  @Override
  public void send(Tensor x, int to) {
    throw new IllegalArgumentException("rank 0 of 1 sends to " + to);
  }

  @Override
  public void receive(Tensor x, int from) {
    throw new IllegalArgumentException("rank 0 of 1 receives from " + from);
  }

  @Override
  public Collectives split(int color) {
    return this;
  }
}
