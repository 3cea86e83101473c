/**
 * What a training run is, what a person wants of it and how far it has come. The states are the
 * only place that knows which step may follow which.
 */
@NullMarked
package org.transnormer.trainer.runs;

import org.jspecify.annotations.NullMarked;
