package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.ConfigurationKeys;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.corpus"))
        .containsExactly(
            "tnl.corpus.catalogue.open-shards",
            "tnl.corpus.catalogue.scanned-documents",
            "tnl.corpus.ingest.json-depth",
            "tnl.corpus.ingest.largest-document",
            "tnl.corpus.ingest.largest-expanded",
            "tnl.corpus.ingest.largest-file",
            "tnl.corpus.ingest.largest-mail",
            "tnl.corpus.ingest.largest-page",
            "tnl.corpus.ingest.largest-ratio",
            "tnl.corpus.ingest.longest-line",
            "tnl.corpus.ingest.metadata-size",
            "tnl.corpus.ingest.mime-depth",
            "tnl.corpus.ingest.mime-parts",
            "tnl.corpus.ingest.partition-files",
            "tnl.corpus.ingest.partition-size",
            "tnl.corpus.ingest.shard-size",
            "tnl.corpus.ingest.source-files",
            "tnl.corpus.roots",
            "tnl.corpus.s3.access-key",
            "tnl.corpus.s3.endpoint",
            "tnl.corpus.s3.path-style",
            "tnl.corpus.s3.region",
            "tnl.corpus.s3.secret-key");
  }
}
