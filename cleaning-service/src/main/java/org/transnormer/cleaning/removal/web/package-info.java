/** Removal over REST. */
@NullMarked
package org.transnormer.cleaning.removal.web;

import org.jspecify.annotations.NullMarked;
