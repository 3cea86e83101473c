/** Comparisons with other implementations, where Python has them. */
@NullMarked
package org.transnormer.model.peer;

import org.jspecify.annotations.NullMarked;
