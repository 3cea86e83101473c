/**
 * The one door: serves the page, knows the keys, and hands every request on to the service that
 * owns it.
 */
@NullMarked
package org.transnormer.door;

import org.jspecify.annotations.NullMarked;
