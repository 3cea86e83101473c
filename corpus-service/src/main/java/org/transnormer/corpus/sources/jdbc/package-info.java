/** Sources in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.sources.jdbc;

import org.jspecify.annotations.NullMarked;
