@NullMarked
package org.transnormer.cleaning.language;

import org.jspecify.annotations.NullMarked;
