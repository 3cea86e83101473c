/** The filters before everything that needs a caller. */
@NullMarked
package org.transnormer.door.access.web;

import org.jspecify.annotations.NullMarked;
