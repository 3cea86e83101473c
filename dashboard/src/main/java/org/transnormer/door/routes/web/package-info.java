/** Requests streamed to their service, answers streamed back. */
@NullMarked
package org.transnormer.door.routes.web;

import org.jspecify.annotations.NullMarked;
