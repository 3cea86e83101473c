/** The platform's main job by its REST interface, wherever the platform runs. */
@NullMarked
package org.transnormer.integration.journey;

import org.jspecify.annotations.NullMarked;
