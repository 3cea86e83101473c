/** Snapshots in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.snapshots.jdbc;

import org.jspecify.annotations.NullMarked;
