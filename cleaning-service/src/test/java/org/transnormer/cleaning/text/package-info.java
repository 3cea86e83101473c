@NullMarked
package org.transnormer.cleaning.text;

import org.jspecify.annotations.NullMarked;
