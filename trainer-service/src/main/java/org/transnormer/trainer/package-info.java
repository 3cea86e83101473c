/** Training runs: lifecycle, launching, progress, checkpoints and their aliases. */
@NullMarked
package org.transnormer.trainer;

import org.jspecify.annotations.NullMarked;
