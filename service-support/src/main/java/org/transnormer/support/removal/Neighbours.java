package org.transnormer.support.removal;

import java.util.List;

/** What the other services know of references. */
public interface Neighbours {

  /**
   * Who of the services refers to a thing of this one, or is about to. A service that this
   * installation does without refers to nothing.
   *
   * @throws org.transnormer.support.problems.UnavailableProblem when one cannot be asked
   */
  List<String> referrers(Kind kind, String id, List<String> services);

  /**
   * Whether a thing of the service is still there; answered after the end of a removal that is
   * under way. Who wants to refer to the thing announces it first.
   *
   * @param folder of the thing in the store
   * @throws org.transnormer.support.problems.UnavailableProblem when it cannot be asked
   */
  Presence presence(String service, Kind kind, String id, String folder);

  /** Whether something is there. */
  enum Presence {
    PRESENT,
    /** Removed; its folder may still be there. */
    DISCARDED,
    /** The service has never heard of it, or has forgotten it. */
    UNKNOWN
  }
}
