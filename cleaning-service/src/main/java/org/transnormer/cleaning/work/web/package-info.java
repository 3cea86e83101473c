/** The block that shows long work over REST. */
@NullMarked
package org.transnormer.cleaning.work.web;

import org.jspecify.annotations.NullMarked;
