/**
 * Long work of this service: its state, its stages, and what every partition of a stage has done.
 * Cleaning runs, tokenizers and token sets are all such work.
 */
@NullMarked
package org.transnormer.cleaning.work;

import org.jspecify.annotations.NullMarked;
