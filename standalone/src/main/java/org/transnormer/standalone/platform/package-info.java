/** Starts and stops the services of the platform in one JVM. */
@NullMarked
package org.transnormer.standalone.platform;

import org.jspecify.annotations.NullMarked;
