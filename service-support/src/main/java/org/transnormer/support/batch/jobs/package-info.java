/** Batch jobs for people: one REST family over every service's jobs. */
@NullMarked
package org.transnormer.support.batch.jobs;

import org.jspecify.annotations.NullMarked;
