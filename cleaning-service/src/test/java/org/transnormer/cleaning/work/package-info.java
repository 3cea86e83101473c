@NullMarked
package org.transnormer.cleaning.work;

import org.jspecify.annotations.NullMarked;
