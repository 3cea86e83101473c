/** The expensive map: one pass over a shard measures everything that later stages decide on. */
@NullMarked
package org.transnormer.cleaning.annotate;

import org.jspecify.annotations.NullMarked;
