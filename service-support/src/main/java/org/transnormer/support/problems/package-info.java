/** Every error of the REST family as RFC 9457 problem. */
@NullMarked
package org.transnormer.support.problems;

import org.jspecify.annotations.NullMarked;
