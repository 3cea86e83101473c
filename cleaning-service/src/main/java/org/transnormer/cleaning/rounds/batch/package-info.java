/** Self-cleaning rounds as steps of a cleaning run's job. */
@NullMarked
package org.transnormer.cleaning.rounds.batch;

import org.jspecify.annotations.NullMarked;
