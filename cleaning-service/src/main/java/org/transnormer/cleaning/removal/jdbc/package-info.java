/** What can be removed, in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.removal.jdbc;

import org.jspecify.annotations.NullMarked;
