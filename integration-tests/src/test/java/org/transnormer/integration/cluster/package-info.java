/** The chart on a real cluster; run by {@code ./tnl test --cluster}. */
@NullMarked
package org.transnormer.integration.cluster;

import org.jspecify.annotations.NullMarked;
