/** The parts over REST, and the services' OpenAPI documents. */
@NullMarked
package org.transnormer.door.system.web;

import org.jspecify.annotations.NullMarked;
