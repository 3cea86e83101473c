@NullMarked
package org.transnormer.cleaning;

import org.jspecify.annotations.NullMarked;
