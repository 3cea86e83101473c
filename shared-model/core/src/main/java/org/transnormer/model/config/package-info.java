/** What a model is: its family, sizes and constants, in the layout of the released config.json. */
@NullMarked
package org.transnormer.model.config;

import org.jspecify.annotations.NullMarked;
