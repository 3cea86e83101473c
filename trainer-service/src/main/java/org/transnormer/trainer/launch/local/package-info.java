/** Worker groups as child processes of this one, for a single machine. */
@NullMarked
package org.transnormer.trainer.launch.local;

import org.jspecify.annotations.NullMarked;
