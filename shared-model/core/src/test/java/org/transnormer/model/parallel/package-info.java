@NullMarked
package org.transnormer.model.parallel;

import org.jspecify.annotations.NullMarked;
