/** Token sets over REST. */
@NullMarked
package org.transnormer.cleaning.tokensets.web;

import org.jspecify.annotations.NullMarked;
