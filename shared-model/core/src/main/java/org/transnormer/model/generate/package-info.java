/** Choosing the next token: counter-based sampling and log-probabilities. */
@NullMarked
package org.transnormer.model.generate;

import org.jspecify.annotations.NullMarked;
