/** Who did what, of every service. */
@NullMarked
package org.transnormer.door.audit;

import org.jspecify.annotations.NullMarked;
