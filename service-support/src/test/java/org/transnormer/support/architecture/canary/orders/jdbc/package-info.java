/** Breaks the house rules on purpose. */
@NullMarked
package org.transnormer.support.architecture.canary.orders.jdbc;

import org.jspecify.annotations.NullMarked;
