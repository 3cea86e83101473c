package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.DeviceProvider;
import org.transnormer.model.tensor.ElementType;

/**
 * The device {@code cuda}: the first visible GPU (CUDA_VISIBLE_DEVICES chooses), computing in
 * bfloat16 with parameters, sums and states in floats.
 */
public final class CudaProvider implements DeviceProvider {

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Backend open() {
    return new CudaBackend(new DriverLauncher(0, true), ElementType.BF16);
  }
}
