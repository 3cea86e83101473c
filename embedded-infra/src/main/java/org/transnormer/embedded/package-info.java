/** PostgreSQL beside the JVM and Kafka inside it, with data that survives restarts and kills. */
@NullMarked
package org.transnormer.embedded;

import org.jspecify.annotations.NullMarked;
