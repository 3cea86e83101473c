package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Work as one graph of the device. The work is gone through again each time, but only to see that
 * its launches are the same as before, by a hash over all their arguments, and to put the new host
 * numbers into place: they lie in one stretch of pinned memory, which goes to the device in one
 * copy ahead of the graph.
 */
final class Recording implements AutoCloseable {

  private static final int ALIGNMENT = 256;

  /** CU_STREAM_CAPTURE_MODE_RELAXED. */
  private static final int RELAXED = 2;

  private final CUstream stream;
  private final PinnedMemory numbers;
  private final long deviceNumbers;
  private final CUevent started = new CUevent();
  private final CUevent ended = new CUevent();
  private final CUgraphExec executable = new CUgraphExec();
  private boolean capturing;
  private boolean recorded;
  private boolean overflowed;
  private long used;
  private long hash;
  private long recordedHash;

  /**
   * @param bytes of the host numbers that the work brings along
   * @param deviceNumbers address of as much memory on the device
   */
  Recording(CUstream stream, long bytes, long deviceNumbers) {
    this.stream = stream;
    this.numbers = new PinnedMemory(bytes);
    this.deviceNumbers = deviceNumbers;
    Driver.check(JCudaDriver.cuEventCreate(started, 0), "cuEventCreate");
    Driver.check(JCudaDriver.cuEventCreate(ended, 0), "cuEventCreate");
  }

  static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  long deviceNumbers() {
    return deviceNumbers;
  }

  boolean recorded() {
    return recorded;
  }

  /** Whether launches go to the stream, to be recorded there. */
  boolean capturing() {
    return capturing;
  }

  void see(long call) {
    hash = Arguments.mix(hash, call);
  }

  long upload(MemorySegment source) {
    long bytes = source.byteSize();
    if (used + bytes > numbers.bytes()) {
      overflowed = true;
      return deviceNumbers;
    }
    numbers.memory().asSlice(used, bytes).copyFrom(source);
    long address = deviceNumbers + used;
    see(bytes);
    used += aligned(bytes);
    return address;
  }

  private void begin() {
    numbers.whenFree();
    used = 0;
    hash = 0;
    overflowed = false;
  }

  /** Records the work; false when it cannot be, and nothing of it was done. */
  boolean record(Runnable work) {
    begin();
    Driver.check(JCudaDriver.cuStreamBeginCapture(stream, RELAXED), "cuStreamBeginCapture");
    capturing = true;
    CUgraph graph = new CUgraph();
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      capturing = false;
      int status = JCudaDriver.cuStreamEndCapture(stream, graph);
      if (done) {
        Driver.check(status, "cuStreamEndCapture");
      }
    }
    if (overflowed) {
      JCudaDriver.cuGraphDestroy(graph);
      return false;
    }
    int status = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
    Driver.check(status, "cuGraphInstantiate");
    JCudaDriver.cuGraphDestroy(graph);
    recorded = true;
    recordedHash = hash;
    return true;
  }

  /** Goes through the work without doing it; true when it is what was recorded. */
  boolean matches(Runnable work) {
    begin();
    work.run();
    return recorded && !overflowed && hash == recordedHash;
  }

  /** Does what was recorded, with the numbers of the latest going through. */
  void play() {
    if (used > 0) {
      numbers.send(deviceNumbers, 0, used, stream);
    }
    Driver.check(JCudaDriver.cuEventRecord(started, stream), "cuEventRecord");
    Driver.check(JCudaDriver.cuGraphLaunch(executable, stream), "cuGraphLaunch");
    Driver.check(JCudaDriver.cuEventRecord(ended, stream), "cuEventRecord");
  }

  /** What the device spent on the latest play, once it is done. */
  double millis() {
    float[] millis = new float[1];
    Driver.check(JCudaDriver.cuEventElapsedTime(millis, started, ended), "cuEventElapsedTime");
    return millis[0];
  }

  @Override
  public void close() {
    if (recorded) {
      JCudaDriver.cuGraphExecDestroy(executable);
    }
    JCudaDriver.cuEventDestroy(started);
    JCudaDriver.cuEventDestroy(ended);
    numbers.close();
  }
}
