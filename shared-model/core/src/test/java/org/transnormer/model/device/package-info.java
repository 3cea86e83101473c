@NullMarked
package org.transnormer.model.device;

import org.jspecify.annotations.NullMarked;
