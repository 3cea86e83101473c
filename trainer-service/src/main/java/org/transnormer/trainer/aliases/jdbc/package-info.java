/** Aliases in PostgreSQL. */
@NullMarked
package org.transnormer.trainer.aliases.jdbc;

import org.jspecify.annotations.NullMarked;
