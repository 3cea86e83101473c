/**
 * The process inside a training pod: it trains one attempt of one run and reports to its trainer.
 */
@NullMarked
package org.transnormer.worker;

import org.jspecify.annotations.NullMarked;
