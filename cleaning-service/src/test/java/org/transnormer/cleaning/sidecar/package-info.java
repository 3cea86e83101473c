@NullMarked
package org.transnormer.cleaning.sidecar;

import org.jspecify.annotations.NullMarked;
