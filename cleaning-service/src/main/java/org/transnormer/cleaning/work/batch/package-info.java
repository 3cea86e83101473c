/** Work as Spring Batch jobs: one job per kind of work, one step per stage. */
@NullMarked
package org.transnormer.cleaning.work.batch;

import org.jspecify.annotations.NullMarked;
