/** Work in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.work.jdbc;

import org.jspecify.annotations.NullMarked;
