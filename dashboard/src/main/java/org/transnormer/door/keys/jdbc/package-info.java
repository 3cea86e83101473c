/** Keys in PostgreSQL. */
@NullMarked
package org.transnormer.door.keys.jdbc;

import org.jspecify.annotations.NullMarked;
