/** Batch executions and dead letters of every service in one list. */
@NullMarked
package org.transnormer.door.jobs;

import org.jspecify.annotations.NullMarked;
