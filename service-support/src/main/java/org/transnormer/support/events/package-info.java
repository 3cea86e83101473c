/** Topics and the records that travel on them. */
@NullMarked
package org.transnormer.support.events;

import org.jspecify.annotations.NullMarked;
