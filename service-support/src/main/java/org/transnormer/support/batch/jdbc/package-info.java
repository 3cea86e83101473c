/** Partitions and job owners in PostgreSQL. */
@NullMarked
package org.transnormer.support.batch.jdbc;

import org.jspecify.annotations.NullMarked;
