/** Removal of training runs, checkpoints and aliases. */
@NullMarked
package org.transnormer.trainer.removal;

import org.jspecify.annotations.NullMarked;
