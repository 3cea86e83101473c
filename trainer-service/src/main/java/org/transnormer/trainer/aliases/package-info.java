/**
 * Names that people give to checkpoints, such as the one that is served, and where they pointed.
 */
@NullMarked
package org.transnormer.trainer.aliases;

import org.jspecify.annotations.NullMarked;
