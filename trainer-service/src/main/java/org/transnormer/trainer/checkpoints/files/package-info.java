/** Checkpoints in the object store. */
@NullMarked
package org.transnormer.trainer.checkpoints.files;

import org.jspecify.annotations.NullMarked;
