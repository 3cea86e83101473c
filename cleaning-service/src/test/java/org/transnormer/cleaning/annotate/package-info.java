@NullMarked
package org.transnormer.cleaning.annotate;

import org.jspecify.annotations.NullMarked;
