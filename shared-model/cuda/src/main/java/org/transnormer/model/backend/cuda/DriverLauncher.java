package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.OptionalLong;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kernels on a GPU: one stream, pinned memory between it and the host, recordings of work. */
final class DriverLauncher implements Launcher {

  private static final Logger LOG = LoggerFactory.getLogger(DriverLauncher.class);

  private static final int OLDEST_CAPABILITY = 80;
  private static final int NON_BLOCKING = 1;

  /** Pinned memory for large copies; two stretches of it, so that one fills while one travels. */
  private static final long STAGING_BYTES = 8L << 20;

  /** Small host numbers that can be on their way at once. */
  private static final long UPLOAD_BYTES = 16L << 20;

  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private final Modules modules;
  private final String name;
  private final int processors;
  private final int sharedBytes;
  private final PinnedMemory[] staging;
  private final PinnedMemory uploads;
  private final long deviceUploads;
  private final Dispatch dispatch;
  private final Recordings recordings = new Recordings(this, stream);
  private final Products products;
  private Runnable afterWaiting = () -> {};
  private @Nullable Profile profile;
  private @Nullable Thread current;
  private long uploaded;
  private long uploadedInAll;
  private int half;
  private boolean closed;

  /**
   * @param ordinal of the GPU among those that are visible
   * @param cublas whether products are cuBLAS's
   * @throws CudaUnavailableException when there is no such GPU, or something else is missing
   */
  DriverLauncher(int ordinal, boolean cublas) {
    String missing = Modules.missing();
    if (missing != null) {
      throw new CudaUnavailableException(missing);
    }
    int visible = visible();
    if (ordinal >= visible) {
      throw new CudaUnavailableException(
          "GPU %d is asked for, %d are visible".formatted(ordinal, visible));
    }
    Driver.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
    int capability =
        10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    this.processors = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    this.sharedBytes =
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    this.name = deviceName();
    if (capability < OLDEST_CAPABILITY) {
      throw new CudaUnavailableException(
          "%s has compute capability %d.%d; 8.0 is the least (A100 and newer)"
              .formatted(name, capability / 10, capability % 10));
    }
    Driver.check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "a context on " + name);
    makeCurrent();
    Driver.check(JCudaDriver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate");
    this.modules = new Modules();
    this.dispatch = new Dispatch(modules, Driver.number(stream));
    this.staging =
        new PinnedMemory[] {new PinnedMemory(STAGING_BYTES), new PinnedMemory(STAGING_BYTES)};
    this.uploads = new PinnedMemory(UPLOAD_BYTES);
    this.deviceUploads = allocate(UPLOAD_BYTES);
    this.products =
        cublas ? new Cublas(this, Driver.number(stream)) : new KernelProducts(new Kernels(this));
  }

  /**
   * GPUs that this process sees, at least one.
   *
   * @throws CudaUnavailableException when there is none
   */
  static int visible() {
    Driver.initialise();
    int[] count = new int[1];
    Driver.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  private int attribute(int which) {
    int[] value = new int[1];
    Driver.check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
    return value[0];
  }

  private String deviceName() {
    byte[] bytes = new byte[256];
    Driver.check(JCudaDriver.cuDeviceGetName(bytes, bytes.length, device), "cuDeviceGetName");
    return MemorySegment.ofArray(bytes).getString(0);
  }

  /** A thread has to say which context it works in. */
  void makeCurrent() {
    if (current != Thread.currentThread()) {
      makeCurrentHere();
      current = Thread.currentThread();
    }
  }

  /** For a thread beside the one that computes. */
  void makeCurrentHere() {
    Driver.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  /** The stream of all work, as other libraries know it. */
  long stream() {
    return Driver.number(stream);
  }

  SideStream sideStream() {
    makeCurrent();
    return new SideStream(stream);
  }

  /**
   * @param check whether what was waited for is what was asked for; throws if not
   */
  void afterWaiting(Runnable check) {
    afterWaiting = check;
  }

  @Override
  public long allocate(long bytes) {
    makeCurrent();
    CUdeviceptr pointer = new CUdeviceptr();
    Driver.check(
        JCudaDriver.cuMemAlloc(pointer, bytes), "taking %,d bytes on %s".formatted(bytes, name));
    long address = Driver.number(pointer);
    dispatch.breakChain();
    Driver.check(
        JCudaDriver.cuMemsetD8Async(pointer, (byte) 0, bytes, stream), "clearing new memory");
    return address;
  }

  @Override
  public OptionalLong bytesLeft() {
    return OptionalLong.of(memory().free);
  }

  /** Bytes of the device's memory that are in use, whoever uses them. */
  long bytesTaken() {
    Memory memory = memory();
    return memory.total - memory.free;
  }

  private record Memory(long free, long total) {}

  private Memory memory() {
    makeCurrent();
    long[] free = new long[1];
    long[] total = new long[1];
    Driver.check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
    return new Memory(free[0], total[0]);
  }

  @Override
  public void free(long address) {
    makeCurrent();
    Driver.check(JCudaDriver.cuMemFree(Driver.device(address)), "giving memory back");
  }

  @Override
  public void write(long address, MemorySegment source) {
    outsideRecordings();
    for (long at = 0; at < source.byteSize(); at += STAGING_BYTES) {
      long bytes = Math.min(STAGING_BYTES, source.byteSize() - at);
      PinnedMemory pinned = staging[half ^= 1];
      pinned.whenFree().asSlice(0, bytes).copyFrom(source.asSlice(at, bytes));
      pinned.send(address + at, 0, bytes, stream);
    }
  }

  @Override
  public void read(MemorySegment target, long address) {
    outsideRecordings();
    for (long at = 0; at < target.byteSize(); at += STAGING_BYTES) {
      long bytes = Math.min(STAGING_BYTES, target.byteSize() - at);
      PinnedMemory pinned = staging[half ^= 1];
      pinned.whenFree();
      pinned.receive(address + at, bytes, stream);
      target.asSlice(at, bytes).copyFrom(pinned.whenFree().asSlice(0, bytes));
    }
    afterWaiting.run();
  }

  /** Reading, or waiting, cannot be a part of what the device repeats by itself. */
  private void outsideRecordings() {
    makeCurrent();
    dispatch.breakChain();
    if (recordings.current() != null) {
      throw new IllegalStateException("work that is repeated may not wait for its own results");
    }
  }

  @Override
  public void copy(long to, long from, long bytes) {
    if (passes(Arguments.mix(Arguments.mix(to, from), bytes))) {
      int status =
          JCudaDriver.cuMemcpyDtoDAsync(Driver.device(to), Driver.device(from), bytes, stream);
      Driver.check(status, "copying on the device");
    }
  }

  @Override
  public void clear(long address, long bytes) {
    if (bytes > 0 && passes(Arguments.mix(address, bytes))) {
      int status = JCudaDriver.cuMemsetD8Async(Driver.device(address), (byte) 0, bytes, stream);
      Driver.check(status, "clearing memory");
    }
  }

  @Override
  public long upload(MemorySegment source) {
    makeCurrent();
    long bytes = Recording.aligned(source.byteSize());
    uploadedInAll += bytes;
    Recording recording = recordings.current();
    if (recording != null) {
      return recording.upload(source);
    }
    if (bytes > UPLOAD_BYTES) {
      throw new IllegalArgumentException("%,d bytes are no small upload".formatted(bytes));
    }
    if (uploaded + bytes > UPLOAD_BYTES) {
      uploads.whenFree();
      uploaded = 0;
    }
    dispatch.breakChain();
    uploads.memory().asSlice(uploaded, source.byteSize()).copyFrom(source);
    uploads.send(deviceUploads + uploaded, uploaded, source.byteSize(), stream);
    long address = deviceUploads + uploaded;
    uploaded += bytes;
    return address;
  }

  @Override
  public void launch(String kernel, Grid grid, int threads, int shared, Arguments given) {
    launch(kernel, grid, threads, shared, false, given);
  }

  @Override
  public void launchChained(String kernel, Grid grid, int threads, int shared, Arguments given) {
    launch(kernel, grid, threads, shared, profile == null, given);
  }

  private void launch(
      String kernel, Grid grid, int threads, int shared, boolean chain, Arguments given) {
    long place = Arguments.mix(Arguments.mix(grid.x(), grid.y()), grid.z() << 32 | threads);
    if (seen(Arguments.mix(Arguments.mix(kernel.hashCode(), place), given.hash()))) {
      timed(kernel, () -> dispatch.launch(kernel, grid, threads, shared, chain, given));
    }
  }

  /** Makes a call, between two events where someone wants to know what it takes. */
  void timed(String call, Runnable work) {
    if (profile == null) {
      work.run();
    } else {
      profile.around(call, work);
    }
  }

  boolean profiling() {
    return profile != null;
  }

  /** Does work call by call, and says what each kind of call took of the device's time. */
  Map<String, Profile.Total> profile(Runnable work) {
    profile = new Profile(stream);
    try {
      work.run();
      synchronize();
      return profile.totals();
    } finally {
      profile = null;
    }
  }

  /** Whether a call is to be made; a recording that is only compared with wants to see it alone. */
  boolean passes(long call) {
    dispatch.breakChain();
    return seen(call);
  }

  private boolean seen(long call) {
    makeCurrent();
    Recording recording = recordings.current();
    if (recording == null) {
      return true;
    }
    recording.see(call);
    return recording.capturing();
  }

  @Override
  public void repeat(Object what, Runnable work) {
    outsideRecordings();
    if (profile != null) {
      work.run();
      return;
    }
    recordings.repeat(what, work);
  }

  /** What the device spent on the work that was played latest; NaN before. */
  double millisOfLatestPlay() {
    synchronize();
    return recordings.millisOfLatestPlay();
  }

  /** What is repeated from now on is recorded anew. */
  void forgetRecordings() {
    recordings.forgetAll();
  }

  /** Bytes that came through {@link #upload} so far. */
  long uploadedInAll() {
    return uploadedInAll;
  }

  @Override
  public void synchronize() {
    outsideRecordings();
    Driver.check(JCudaDriver.cuStreamSynchronize(stream), "waiting for the GPU");
    afterWaiting.run();
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public int processors() {
    return processors;
  }

  @Override
  public int sharedBytes() {
    return sharedBytes;
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    synchronize();
    forgetRecordings();
    if (products instanceof Cublas cublas) {
      cublas.close();
    }
    free(deviceUploads);
    uploads.close();
    for (PinnedMemory pinned : staging) {
      pinned.close();
    }
    modules.close();
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuDevicePrimaryCtxRelease(device);
    LOG.debug("{} closed", name);
  }
}
