/** Waiting folders in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.garbage.jdbc;

import org.jspecify.annotations.NullMarked;
