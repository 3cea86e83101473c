/** What the chart renders. */
@NullMarked
package org.transnormer.integration.chart;

import org.jspecify.annotations.NullMarked;
