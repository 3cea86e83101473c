/** Asking over HTTP. */
@NullMarked
package org.transnormer.door.gather.http;

import org.jspecify.annotations.NullMarked;
