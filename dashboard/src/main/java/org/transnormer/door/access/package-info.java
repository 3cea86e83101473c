/** Who comes in, with what, and as what they are handed on. */
@NullMarked
package org.transnormer.door.access;

import org.jspecify.annotations.NullMarked;
