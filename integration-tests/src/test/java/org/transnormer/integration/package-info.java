/** Black-box tests through public interfaces only. */
@NullMarked
package org.transnormer.integration;

import org.jspecify.annotations.NullMarked;
