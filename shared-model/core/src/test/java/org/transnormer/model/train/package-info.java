@NullMarked
package org.transnormer.model.train;

import org.jspecify.annotations.NullMarked;
