/** What workers measure and write while they train, kept by attempt and read as one history. */
@NullMarked
package org.transnormer.trainer.progress;

import org.jspecify.annotations.NullMarked;
