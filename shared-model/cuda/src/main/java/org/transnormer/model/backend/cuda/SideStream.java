package org.transnormer.model.backend.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A stream beside the first, ahead of it where both want the device. It can be recorded with the
 * first one, since each of its waits is an event.
 */
final class SideStream implements AutoCloseable {

  private static final int NON_BLOCKING = 1;

  /** CU_EVENT_DISABLE_TIMING. */
  private static final int WITHOUT_TIMING = 2;

  private final CUstream first;
  private final CUstream side = new CUstream();
  private final CUevent before = new CUevent();
  private final CUevent after = new CUevent();

  SideStream(CUstream first) {
    this.first = first;
    int[] least = new int[1];
    int[] greatest = new int[1];
    Driver.check(
        JCudaDriver.cuCtxGetStreamPriorityRange(least, greatest), "cuCtxGetStreamPriorityRange");
    Driver.check(
        JCudaDriver.cuStreamCreateWithPriority(side, NON_BLOCKING, greatest[0]),
        "cuStreamCreateWithPriority");
    Driver.check(JCudaDriver.cuEventCreate(before, WITHOUT_TIMING), "cuEventCreate");
    Driver.check(JCudaDriver.cuEventCreate(after, WITHOUT_TIMING), "cuEventCreate");
  }

  long number() {
    return Driver.number(side);
  }

  /** What follows here waits for everything in the first stream. */
  void follow() {
    Driver.check(JCudaDriver.cuEventRecord(before, first), "cuEventRecord");
    Driver.check(JCudaDriver.cuStreamWaitEvent(side, before, 0), "cuStreamWaitEvent");
  }

  /** What follows in the first stream waits for everything here. */
  void join() {
    Driver.check(JCudaDriver.cuEventRecord(after, side), "cuEventRecord");
    Driver.check(JCudaDriver.cuStreamWaitEvent(first, after, 0), "cuStreamWaitEvent");
  }

  @Override
  public void close() {
    JCudaDriver.cuEventDestroy(before);
    JCudaDriver.cuEventDestroy(after);
    JCudaDriver.cuStreamDestroy(side);
  }
}
