/** Deployments in PostgreSQL. */
@NullMarked
package org.transnormer.inference.deployments.jdbc;

import org.jspecify.annotations.NullMarked;
