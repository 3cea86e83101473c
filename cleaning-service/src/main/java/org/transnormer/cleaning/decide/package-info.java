/**
 * Verdicts from sidecars alone: no text is read, so a limit can be moved over a corpus in seconds.
 */
@NullMarked
package org.transnormer.cleaning.decide;

import org.jspecify.annotations.NullMarked;
