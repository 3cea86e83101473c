/** Which service owns a path. */
@NullMarked
package org.transnormer.door.routes;

import org.jspecify.annotations.NullMarked;
