/** Weights at rest: safetensors files, the released tensor names, and the checkpoint folder. */
@NullMarked
package org.transnormer.model.checkpoint;

import org.jspecify.annotations.NullMarked;
