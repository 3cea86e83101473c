/** Who may work on something, for how long, and how an older owner is refused. */
@NullMarked
package org.transnormer.support.leases;

import org.jspecify.annotations.NullMarked;
