/** Log in, log out, who am I. */
@NullMarked
package org.transnormer.door.sessions.web;

import org.jspecify.annotations.NullMarked;
