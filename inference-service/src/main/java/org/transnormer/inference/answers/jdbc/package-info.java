/** The log of answers in PostgreSQL. */
@NullMarked
package org.transnormer.inference.answers.jdbc;

import org.jspecify.annotations.NullMarked;
