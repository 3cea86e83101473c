@NullMarked
package org.transnormer.cleaning.rules;

import org.jspecify.annotations.NullMarked;
