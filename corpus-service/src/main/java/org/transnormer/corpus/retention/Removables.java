package org.transnormer.corpus.retention;

import org.transnormer.support.removal.Removable;

/** What of this service can be removed. */
public interface Removables {

  Removable corpus(String corpusId);

  Removable source(String corpusId, String sourceId);

  Removable snapshot(String snapshotId);

  Removable export(String snapshotId, String exportId);
}
