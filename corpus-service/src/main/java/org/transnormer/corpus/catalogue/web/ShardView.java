package org.transnormer.corpus.catalogue.web;

import org.transnormer.corpus.catalogue.CataloguedShard;

/** A shard of a corpus; the first five are the reference by which services name it. */
record ShardView(
    String prefix,
    String sha256,
    long documents,
    long bytes,
    long textBytes,
    String sourceId,
    String source) {

  static ShardView of(CataloguedShard shard) {
    return new ShardView(
        shard.ref().prefix(),
        shard.ref().sha256(),
        shard.ref().documents(),
        shard.ref().bytes(),
        shard.ref().textBytes(),
        shard.sourceId(),
        shard.source());
  }
}
