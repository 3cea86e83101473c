/** Jobs and dead letters over REST. */
@NullMarked
package org.transnormer.door.jobs.web;

import org.jspecify.annotations.NullMarked;
