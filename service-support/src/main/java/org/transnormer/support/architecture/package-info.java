/** The house rules as tests that every module can apply to itself. */
@NullMarked
package org.transnormer.support.architecture;

import org.jspecify.annotations.NullMarked;
