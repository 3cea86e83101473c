/** The review queue in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.review.jdbc;

import org.jspecify.annotations.NullMarked;
