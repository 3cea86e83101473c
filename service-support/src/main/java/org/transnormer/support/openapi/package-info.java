/** What the OpenAPI document of a service says beyond what its controllers' signatures tell. */
@NullMarked
package org.transnormer.support.openapi;

import org.jspecify.annotations.NullMarked;
