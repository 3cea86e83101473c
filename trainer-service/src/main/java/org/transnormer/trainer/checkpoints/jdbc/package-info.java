/** Checkpoints in PostgreSQL. */
@NullMarked
package org.transnormer.trainer.checkpoints.jdbc;

import org.jspecify.annotations.NullMarked;
