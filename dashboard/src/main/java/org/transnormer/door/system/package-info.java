/** The parts, their health and versions. */
@NullMarked
package org.transnormer.door.system;

import org.jspecify.annotations.NullMarked;
