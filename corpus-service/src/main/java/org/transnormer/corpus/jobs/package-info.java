/** Batch executions told as work status. */
@NullMarked
package org.transnormer.corpus.jobs;

import org.jspecify.annotations.NullMarked;
