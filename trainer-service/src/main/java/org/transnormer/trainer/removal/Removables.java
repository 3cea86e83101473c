package org.transnormer.trainer.removal;

import org.transnormer.support.removal.Removable;

/** What of this service can be removed. */
public interface Removables {

  Removable run(String id);

  Removable checkpoint(String id);

  Removable alias(String name);
}
