/** Serves checkpoints: OpenAI-compatible, with continuous batching. */
@NullMarked
package org.transnormer.inference;

import org.jspecify.annotations.NullMarked;
