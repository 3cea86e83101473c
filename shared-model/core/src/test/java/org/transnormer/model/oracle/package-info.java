/** The model once more in double, by other means: what the library is compared with. */
@NullMarked
package org.transnormer.model.oracle;

import org.jspecify.annotations.NullMarked;
