@NullMarked
package org.transnormer.cleaning.decide;

import org.jspecify.annotations.NullMarked;
