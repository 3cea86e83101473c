/** Questions to several services at once; one that is away is named, not fatal. */
@NullMarked
package org.transnormer.door.gather;

import org.jspecify.annotations.NullMarked;
