/** Identities, short-lived signed tokens, roles. */
@NullMarked
package org.transnormer.support.security;

import org.jspecify.annotations.NullMarked;
