/** What inference-service serves, asked over HTTP. */
@NullMarked
package org.transnormer.trainer.checkpoints.inference;

import org.jspecify.annotations.NullMarked;
