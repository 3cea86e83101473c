package org.transnormer.model.backend.cuda;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.parallel.InProcess;
import org.transnormer.model.tensor.ElementType;

/** Ranks that are threads, each with an emulated GPU, talking through an emulated NCCL. */
final class NcclRanks {

  private NcclRanks() {}

  /** Runs ranks to their end; the first failure is thrown, and ends the others. */
  static void run(int ranks, ElementType compute, InProcess.Rank work) {
    Emulation.openByDriver(compute).close();
    System.setProperty("tnl.cuda.libraries", Emulation.folder());
    byte[] id = new Nccl().newId();
    List<Throwable> failures = new ArrayList<>();
    List<NcclGroup> groups = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int r = 0; r < ranks; r++) {
      int rank = r;
      threads.add(
          Thread.ofPlatform()
              .name("rank-" + rank)
              .start(() -> {
                try (CudaBackend backend = Emulation.openByDriver(compute)) {
                  DriverLauncher launcher = (DriverLauncher) backend.launcher();
                  try (NcclGroup group = new NcclGroup(new Nccl(), launcher, id, rank, ranks)) {
                    synchronized (groups) {
                      groups.add(group);
                      if (!failures.isEmpty()) {
                        group.lose("a rank failed");
                      }
                    }
                    try {
                      work.run(group.all(), backend);
                    } catch (Throwable e) {
                      synchronized (groups) {
                        failures.add(e);
                        groups.forEach(other -> other.lose("a rank failed"));
                      }
                    }
                  }
                } catch (Throwable e) {
                  synchronized (groups) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a rank failed: " + failures.getFirst(), failures.getFirst());
    }
  }

  /** Whether exchanges beside the backend's work are done at once, or as late as they can be. */
  static void exchangeEarly(boolean early) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              SharedLibraries.load(Emulation.folder() + "/libcuda.so.1")
                  .orElseThrow()
                  .find("tnl_driver_side_early")
                  .orElseThrow(),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(early ? 1 : 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
