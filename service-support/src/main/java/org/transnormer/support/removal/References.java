package org.transnormer.support.removal;

import java.util.List;

/** What a service tells the others when they ask for references; each has one such bean. */
public interface References {

  /**
   * Who of this service refers to a thing of another one, in words; not all when there are many.
   */
  List<String> to(Kind kind, String id);

  /** Whether this service has the thing; waits for the end of a removal that is under way. */
  boolean has(Kind kind, String id);
}
