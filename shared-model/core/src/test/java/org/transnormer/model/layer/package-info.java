@NullMarked
package org.transnormer.model.layer;

import org.jspecify.annotations.NullMarked;
