/** Ingestion as a restartable, partitioned batch job. */
@NullMarked
package org.transnormer.corpus.ingest.batch;

import org.jspecify.annotations.NullMarked;
