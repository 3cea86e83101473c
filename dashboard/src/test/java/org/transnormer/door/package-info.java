@NullMarked
package org.transnormer.door;

import org.jspecify.annotations.NullMarked;
