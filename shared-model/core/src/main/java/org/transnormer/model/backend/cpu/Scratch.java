package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.transnormer.model.tensor.MemoryPlan;

/** Memory of one worker for the inside of an operation; grows to the largest use and stays. */
final class Scratch {

  private MemorySegment memory = MemorySegment.NULL;

  /** Address of at least that many floats, holding anything. */
  long floats(long count) {
    if (memory.byteSize() < count * Float.BYTES) {
      memory = Arena.ofAuto().allocate(count * Float.BYTES, MemoryPlan.ALIGNMENT);
    }
    return memory.address();
  }

  static Scratch[] perWorker(WorkerPool pool) {
    Scratch[] scratch = new Scratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
    return scratch;
  }
}
