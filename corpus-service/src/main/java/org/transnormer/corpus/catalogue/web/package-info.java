/** Documents over REST. */
@NullMarked
package org.transnormer.corpus.catalogue.web;

import org.jspecify.annotations.NullMarked;
