/** Sessions in PostgreSQL. */
@NullMarked
package org.transnormer.door.sessions.jdbc;

import org.jspecify.annotations.NullMarked;
