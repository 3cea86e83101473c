/** Lineage over REST. */
@NullMarked
package org.transnormer.door.lineage.web;

import org.jspecify.annotations.NullMarked;
