/** Numbers computed in double by reference implementations, and how to compare with them. */
@NullMarked
package org.transnormer.model.golden;

import org.jspecify.annotations.NullMarked;
