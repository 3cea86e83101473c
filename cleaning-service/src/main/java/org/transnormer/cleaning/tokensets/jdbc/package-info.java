/** Token sets in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.tokensets.jdbc;

import org.jspecify.annotations.NullMarked;
