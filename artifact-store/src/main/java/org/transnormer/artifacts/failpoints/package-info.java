/** Named places where a test may stop, delay or fail the process. */
@NullMarked
package org.transnormer.artifacts.failpoints;

import org.jspecify.annotations.NullMarked;
