/** Tokenizers in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.tokenizers.jdbc;

import org.jspecify.annotations.NullMarked;
