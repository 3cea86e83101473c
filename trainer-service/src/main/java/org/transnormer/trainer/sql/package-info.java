/** Transactions as a port, and what the SQL of every feature reads and writes alike. */
@NullMarked
package org.transnormer.trainer.sql;

import org.jspecify.annotations.NullMarked;
