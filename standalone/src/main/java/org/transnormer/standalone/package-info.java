/** Every service in one JVM on embedded PostgreSQL and Kafka, and the commands that start it. */
@NullMarked
package org.transnormer.standalone;

import org.jspecify.annotations.NullMarked;
