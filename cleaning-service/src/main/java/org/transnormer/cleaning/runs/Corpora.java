package org.transnormer.cleaning.runs;

import java.util.List;
import org.transnormer.artifacts.documents.ShardRef;

/** What corpus-service knows of a corpus. */
public interface Corpora {

  boolean exists(String corpusId);

  /** All shards of a corpus in an order that does not change. */
  List<ShardRef> shards(String corpusId);
}
