package org.transnormer.model.device;

import org.transnormer.model.backend.Backend;

/** A kind of device beside the processor; found as a service. */
public interface DeviceProvider {

  /** As configurations call it. */
  String name();

  /**
   * A backend on such a device.
   *
   * @param number of the device among those that this process sees; counted on from the first when
   *     there are fewer, so that a rank's number always names one
   * @throws DeviceUnavailableException when there is none here
   */
  Backend open(int number);

  /**
   * What rank 0 hands to the others so that they become a group.
   *
   * @throws DeviceUnavailableException when such devices cannot work together here
   */
  byte[] newGroup();

  /**
   * Makes a rank a member of a group; every rank calls this, and nobody returns before the last.
   *
   * @param group from {@link #newGroup} of rank 0, whose process lives on
   * @param backend of this provider
   */
  DeviceGroup join(byte[] group, Backend backend, int rank, int size);
}
