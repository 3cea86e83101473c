/** Cleaning runs: how one is launched, what it has done, how it ends. */
@NullMarked
package org.transnormer.cleaning.runs;

import org.jspecify.annotations.NullMarked;
