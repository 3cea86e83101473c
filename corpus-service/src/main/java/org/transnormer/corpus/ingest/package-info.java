/** Turning the files of sources into document shards: plan, read, account for everything. */
@NullMarked
package org.transnormer.corpus.ingest;

import org.jspecify.annotations.NullMarked;
