/** The audit in PostgreSQL. */
@NullMarked
package org.transnormer.door.audit.jdbc;

import org.jspecify.annotations.NullMarked;
