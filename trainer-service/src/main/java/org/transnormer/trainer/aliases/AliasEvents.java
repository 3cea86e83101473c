package org.transnormer.trainer.aliases;

import java.util.Optional;

/** Tells the rest of the platform, from within the transaction that made it true. */
public interface AliasEvents {

  void moved(Alias alias, Optional<String> previousCheckpoint);
}
