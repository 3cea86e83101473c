/** What can be removed, in PostgreSQL. */
@NullMarked
package org.transnormer.trainer.removal.jdbc;

import org.jspecify.annotations.NullMarked;
