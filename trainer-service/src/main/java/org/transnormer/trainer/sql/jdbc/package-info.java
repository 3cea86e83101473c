/** What reading rows needs in several places. */
@NullMarked
package org.transnormer.trainer.sql.jdbc;

import org.jspecify.annotations.NullMarked;
