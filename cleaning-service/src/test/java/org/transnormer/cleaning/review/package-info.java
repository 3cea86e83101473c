@NullMarked
package org.transnormer.cleaning.review;

import org.jspecify.annotations.NullMarked;
