/** A cleaning run as a job: the steps that do not belong to a self-cleaning round. */
@NullMarked
package org.transnormer.cleaning.runs.batch;

import org.jspecify.annotations.NullMarked;
