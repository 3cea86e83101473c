/** Request ids, limits, and the OpenAPI document. */
@NullMarked
package org.transnormer.support.web;

import org.jspecify.annotations.NullMarked;
