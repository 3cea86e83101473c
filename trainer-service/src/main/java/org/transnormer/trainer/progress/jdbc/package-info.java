/** Metrics and logs in PostgreSQL. */
@NullMarked
package org.transnormer.trainer.progress.jdbc;

import org.jspecify.annotations.NullMarked;
