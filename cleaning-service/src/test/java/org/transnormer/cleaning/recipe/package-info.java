@NullMarked
package org.transnormer.cleaning.recipe;

import org.jspecify.annotations.NullMarked;
