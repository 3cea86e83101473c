package org.transnormer.model.device;

import org.transnormer.model.backend.Backend;

/** A kind of device beside the processor; found as a service. */
public interface DeviceProvider {

  /** As configurations call it. */
  String name();

  /**
   * A backend on such a device.
   *
   * @throws DeviceUnavailableException when there is none here
   */
  Backend open();
}
