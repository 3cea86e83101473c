@NullMarked
package org.transnormer.cleaning.dedup;

import org.jspecify.annotations.NullMarked;
