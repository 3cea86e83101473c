/**
 * The checkpoints that were committed: what they hold, who refers to them, and which of them may
 * go.
 */
@NullMarked
package org.transnormer.trainer.checkpoints;

import org.jspecify.annotations.NullMarked;
