/** Corpora in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.corpora.jdbc;

import org.jspecify.annotations.NullMarked;
