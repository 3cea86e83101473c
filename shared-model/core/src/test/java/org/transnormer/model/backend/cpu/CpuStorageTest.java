package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Tensor;

class CpuStorageTest {

  @ParameterizedTest
  @ValueSource(longs = {4, (2 << 20) + 4, 8 << 20, (9 << 20) + 4})
  void memoryIsZeroedAlignedAndWritableToItsLastByte(long bytes) {
    CpuStorage storage = new CpuStorage("memory", bytes);
    Tensor all = Tensor.of(storage, 0, bytes / Float.BYTES, 1);
    MemorySegment memory = CpuStorage.memory(all);

    assertThat(memory.byteSize()).isEqualTo(bytes);
    assertThat(memory.address() % MemoryPlan.ALIGNMENT).isZero();
    assertThat(memory.mismatch(MemorySegment.ofArray(new byte[(int) bytes]))).isEqualTo(-1);
    Lanes.set(memory.address() + bytes - Float.BYTES, 1f);
    assertThat(Lanes.get(memory.address() + bytes - Float.BYTES)).isOne();

    storage.release();
    assertThatThrownBy(() -> CpuStorage.address(all)).hasMessageContaining("released");
  }
}
