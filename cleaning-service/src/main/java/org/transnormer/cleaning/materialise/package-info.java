/** Writes what was decided as a snapshot. */
@NullMarked
package org.transnormer.cleaning.materialise;

import org.jspecify.annotations.NullMarked;
