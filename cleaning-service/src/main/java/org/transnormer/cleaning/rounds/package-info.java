/**
 * Self-cleaning rounds: a small model is trained on what is kept, scores it, and the tails are cut.
 */
@NullMarked
package org.transnormer.cleaning.rounds;

import org.jspecify.annotations.NullMarked;
