package org.transnormer.model.device;

import org.transnormer.model.parallel.Collectives;

/** One rank's place in a group of ranks that have a device each. */
public interface DeviceGroup extends AutoCloseable {

  /** All ranks. */
  Collectives all();

  /**
   * To be called, from any thread, when a rank is gone: nobody waits for it any more, and the next
   * wait of this rank ends with a {@link org.transnormer.model.parallel.RankLostException}.
   */
  void lose(String reason);

  /** By what the ranks talk, for reports. */
  String describe();

  /** Every rank calls this, before it closes its backend. */
  @Override
  void close();
}
