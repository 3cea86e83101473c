package org.transnormer.cleaning.removal;

import org.transnormer.support.removal.Removable;

/** What of this service can be removed. */
public interface Removables {

  Removable cleaningRun(String id);

  Removable tokenizer(String id);

  Removable tokenSet(String id);
}
