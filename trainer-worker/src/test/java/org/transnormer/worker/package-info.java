@NullMarked
package org.transnormer.worker;

import org.jspecify.annotations.NullMarked;
