package org.transnormer.model.backend.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** How long the device worked on each kind of call; events around every one of them. */
final class Profile {

  private final CUstream stream;
  private final List<Span> spans = new ArrayList<>();

  private record Span(String call, CUevent begin, CUevent end) {}

  /**
   * @param calls how often
   * @param millis in all
   */
  record Total(int calls, double millis) {

    Total plus(double more) {
      return new Total(calls + 1, millis + more);
    }
  }

  Profile(CUstream stream) {
    this.stream = stream;
  }

  void around(String call, Runnable work) {
    Span span = new Span(call, new CUevent(), new CUevent());
    record(span.begin);
    work.run();
    record(span.end);
    spans.add(span);
  }

  private void record(CUevent event) {
    Driver.check(JCudaDriver.cuEventCreate(event, 0), "cuEventCreate");
    Driver.check(JCudaDriver.cuEventRecord(event, stream), "cuEventRecord");
  }

  /** By call, once the device is done. */
  Map<String, Total> totals() {
    Map<String, Total> totals = new HashMap<>();
    for (Span span : spans) {
      float[] millis = new float[1];
      int status = JCudaDriver.cuEventElapsedTime(millis, span.begin, span.end);
      Driver.check(status, "cuEventElapsedTime");
      totals.merge(span.call, new Total(1, millis[0]), (a, b) -> a.plus(b.millis));
      JCudaDriver.cuEventDestroy(span.begin);
      JCudaDriver.cuEventDestroy(span.end);
    }
    return totals;
  }
}
