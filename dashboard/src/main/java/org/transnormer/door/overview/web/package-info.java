/** The overview over REST. */
@NullMarked
package org.transnormer.door.overview.web;

import org.jspecify.annotations.NullMarked;
