/** Transactions as a port. */
@NullMarked
package org.transnormer.trainer.sql;

import org.jspecify.annotations.NullMarked;
