/** Breaks the house rules on purpose. */
@NullMarked
package org.transnormer.support.architecture.canary.orders;

import org.jspecify.annotations.NullMarked;
