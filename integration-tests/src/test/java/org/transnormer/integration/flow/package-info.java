/** The demo as the flow test. */
@NullMarked
package org.transnormer.integration.flow;

import org.jspecify.annotations.NullMarked;
