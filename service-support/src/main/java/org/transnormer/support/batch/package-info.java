/**
 * Spring Batch jobs whose wide steps are worked on by any number of processes.
 *
 * <p>Each partition is a row in PostgreSQL, and the row is the truth: a worker owns a partition by
 * a lease with an epoch. Kafka only rings: a lost or repeated message changes nothing but the
 * waiting.
 */
@NullMarked
package org.transnormer.support.batch;

import org.jspecify.annotations.NullMarked;
