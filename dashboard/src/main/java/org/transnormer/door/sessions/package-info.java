/** Sessions of the page, opened with a key. */
@NullMarked
package org.transnormer.door.sessions;

import org.jspecify.annotations.NullMarked;
