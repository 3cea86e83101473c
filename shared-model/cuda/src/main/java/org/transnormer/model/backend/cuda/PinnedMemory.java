package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** Host memory that the device reads and writes by itself, and when it is done with it. */
final class PinnedMemory implements AutoCloseable {

  /** CU_EVENT_DISABLE_TIMING. */
  private static final int WITHOUT_TIMING = 2;

  private final Pointer pointer = new Pointer();
  private final MemorySegment memory;
  private final CUevent done = new CUevent();

  PinnedMemory(long bytes) {
    Driver.check(JCudaDriver.cuMemAllocHost(pointer, bytes), "pinning %d bytes".formatted(bytes));
    this.memory = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
    Driver.check(JCudaDriver.cuEventCreate(done, WITHOUT_TIMING), "cuEventCreate");
  }

  long bytes() {
    return memory.byteSize();
  }

  /** Waits until the device is done with it. */
  MemorySegment whenFree() {
    Driver.check(JCudaDriver.cuEventSynchronize(done), "cuEventSynchronize");
    return memory;
  }

  MemorySegment memory() {
    return memory;
  }

  /** [from, from + bytes) to the device. */
  void send(long address, long from, long bytes, CUstream stream) {
    CUdeviceptr target = Driver.device(address);
    Pointer source = pointer.withByteOffset(from);
    Driver.check(
        JCudaDriver.cuMemcpyHtoDAsync(target, source, bytes, stream), "copying to the device");
    Driver.check(JCudaDriver.cuEventRecord(done, stream), "cuEventRecord");
  }

  /** From the device, at the beginning. */
  void receive(long address, long bytes, CUstream stream) {
    CUdeviceptr source = Driver.device(address);
    Driver.check(
        JCudaDriver.cuMemcpyDtoHAsync(pointer, source, bytes, stream), "copying from the device");
    Driver.check(JCudaDriver.cuEventRecord(done, stream), "cuEventRecord");
  }

  @Override
  public void close() {
    JCudaDriver.cuEventDestroy(done);
    JCudaDriver.cuMemFreeHost(pointer);
  }
}
