/** Shards in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.catalogue.jdbc;

import org.jspecify.annotations.NullMarked;
