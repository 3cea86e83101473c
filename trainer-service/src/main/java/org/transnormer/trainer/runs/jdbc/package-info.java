/** Runs in PostgreSQL. */
@NullMarked
package org.transnormer.trainer.runs.jdbc;

import org.jspecify.annotations.NullMarked;
