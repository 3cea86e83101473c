@NullMarked
package org.transnormer.model.generate;

import org.jspecify.annotations.NullMarked;
