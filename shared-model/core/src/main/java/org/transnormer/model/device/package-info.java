/** What to compute on, chosen by name. */
@NullMarked
package org.transnormer.model.device;

import org.jspecify.annotations.NullMarked;
