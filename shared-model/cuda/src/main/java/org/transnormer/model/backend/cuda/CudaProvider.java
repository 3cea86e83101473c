package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.DeviceGroup;
import org.transnormer.model.device.DeviceProvider;
import org.transnormer.model.tensor.ElementType;

/**
 * The device {@code cuda}: a visible GPU (CUDA_VISIBLE_DEVICES chooses which are), computing in
 * bfloat16 with parameters, sums and states in floats. Several of them talk through NCCL.
 */
public final class CudaProvider implements DeviceProvider {

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Backend open(int number) {
    int gpus = DriverLauncher.visible();
    return new CudaBackend(new DriverLauncher(number % gpus, true), ElementType.BF16);
  }

  @Override
  public byte[] newGroup() {
    return new Nccl().newId();
  }

  @Override
  public DeviceGroup join(byte[] group, Backend backend, int rank, int size) {
    if (backend instanceof CudaBackend cuda && cuda.launcher() instanceof DriverLauncher launcher) {
      return new NcclGroup(new Nccl(), launcher, group, rank, size);
    }
    throw new IllegalArgumentException(backend.describe() + " is no GPU");
  }
}
