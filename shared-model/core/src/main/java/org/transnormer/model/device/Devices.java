package org.transnormer.model.device;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;

/**
 * Opens a backend by name: {@code cpu}, {@code cpu-bf16}, the name of a provider, or {@code auto}.
 */
public final class Devices {

  /** The best device that is here: a provider's, or else the processor. */
  public static final String AUTO = "auto";

  public static final String CPU = "cpu";

  /** The processor with products in bfloat16: training in mixed precision. */
  public static final String CPU_BFLOAT16 = "cpu-bf16";

  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  private Devices() {}

  /**
   * @param threads of the processor, where it is what computes
   * @throws DeviceUnavailableException when a device is asked for by name and is not here
   * @throws IllegalArgumentException for a name that nobody knows
   */
  public static Backend open(String device, int threads, boolean pinThreads) {
    if (device.equals(AUTO)) {
      return best(threads, pinThreads);
    }
    if (device.equals(CPU)) {
      return CpuBackend.open(threads, pinThreads);
    }
    if (device.equals(CPU_BFLOAT16)) {
      return bfloat16(threads, pinThreads);
    }
    return named(device).open(0);
  }

  /**
   * Who opens devices for ranks that work together.
   *
   * @throws DeviceUnavailableException where only the processor is left, which works alone
   * @throws IllegalArgumentException for a name that nobody knows
   */
  public static DeviceProvider forRanks(String device) {
    if (device.startsWith(CPU) || device.equals(AUTO) && providers().isEmpty()) {
      throw new DeviceUnavailableException(
          "several ranks need a GPU each; processors of several processes do not work together",
          null);
    }
    return device.equals(AUTO) ? providers().getFirst() : named(device);
  }

  private static List<DeviceProvider> providers() {
    return ServiceLoader.load(DeviceProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(DeviceProvider::name))
        .toList();
  }

  private static DeviceProvider named(String device) {
    return providers().stream()
        .filter(provider -> provider.name().equals(device))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no device is called '%s'; there are %s, %s, %s and %s"
                    .formatted(
                        device,
                        AUTO,
                        CPU,
                        CPU_BFLOAT16,
                        providers().stream().map(DeviceProvider::name).toList())));
  }

  private static Backend bfloat16(int threads, boolean pinThreads) {
    try {
      return CpuBackend.openBfloat16(threads, pinThreads);
    } catch (UnsupportedOperationException e) {
      throw new DeviceUnavailableException(e.getMessage() + "; choose " + CPU, e);
    }
  }

  private static Backend best(int threads, boolean pinThreads) {
    for (DeviceProvider provider : providers()) {
      try {
        return provider.open(0);
      } catch (DeviceUnavailableException e) {
        LOG.info("not on {}: {}", provider.name(), e.getMessage());
      }
    }
    return CpuBackend.open(threads, pinThreads);
  }
}
