/** What every backend must do. */
@NullMarked
package org.transnormer.model.backend;

import org.jspecify.annotations.NullMarked;
