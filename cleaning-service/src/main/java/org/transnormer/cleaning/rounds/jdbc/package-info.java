/** Rounds in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.rounds.jdbc;

import org.jspecify.annotations.NullMarked;
