/** References in PostgreSQL. */
@NullMarked
package org.transnormer.corpus.retention.jdbc;

import org.jspecify.annotations.NullMarked;
