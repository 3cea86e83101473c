/** Ingestions in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.ingest.jdbc;

import org.jspecify.annotations.NullMarked;
