/** Breaks the house rules on purpose. */
@NullMarked
package org.transnormer.support.architecture.canary.stock;

import org.jspecify.annotations.NullMarked;
