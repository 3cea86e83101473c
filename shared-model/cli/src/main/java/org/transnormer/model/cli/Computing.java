package org.transnormer.model.cli;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.Devices;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.WeightStorage;
import picocli.CommandLine.Option;

/** What computes. */
final class Computing extends Threads {

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "${env:TNL_DEVICE:-auto}",
      description =
          "auto takes a GPU where there is one; cpu and cuda insist; cpu-bf16 multiplies in bfloat16"
              + " and keeps floats, on processors with AVX512-BF16 or AMX (${DEFAULT-VALUE})")
  private String device = Devices.AUTO;

  Computing() {}

  /**
   * @param pinned whether threads that take every processor are bound unless something else is said
   */
  Computing(boolean pinned) {
    super(pinned);
  }

  Backend open() {
    return Devices.open(device, count(), pin());
  }

  LoadOptions loading(WeightStorage weights) {
    return new LoadOptions(count(), pin(), weights, device);
  }
}
