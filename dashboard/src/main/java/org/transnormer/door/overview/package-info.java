/** What flows, what runs, what waits for a person. */
@NullMarked
package org.transnormer.door.overview;

import org.jspecify.annotations.NullMarked;
