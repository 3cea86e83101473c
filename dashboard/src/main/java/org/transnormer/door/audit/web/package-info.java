/** The audit over REST. */
@NullMarked
package org.transnormer.door.audit.web;

import org.jspecify.annotations.NullMarked;
