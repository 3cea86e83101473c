/** Cleaning runs in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.runs.jdbc;

import org.jspecify.annotations.NullMarked;
