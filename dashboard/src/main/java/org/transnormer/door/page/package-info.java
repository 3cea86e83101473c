/** The page itself and the headers that guard it. */
@NullMarked
package org.transnormer.door.page;

import org.jspecify.annotations.NullMarked;
