package org.transnormer.support.leases;

import java.time.Duration;
import java.util.Optional;

/** Leases on named things. Only the database's clock counts. */
public interface Leases {

  /** Takes the lease if nobody holds it, or its holder let it expire. */
  Optional<Lease> acquire(String name, String owner, Duration ttl);

  /** Prolongs a lease that is still its holder's; false when somebody else has it by now. */
  boolean renew(Lease lease, Duration ttl);

  /** Gives the lease back; nothing happens if it is somebody else's by now. */
  void release(Lease lease);

  /**
   * For the transaction that commits a result: nobody can take the lease over before that
   * transaction ends.
   *
   * @throws StaleEpochException when somebody else has taken it already
   */
  void requireCurrent(Lease lease);
}
