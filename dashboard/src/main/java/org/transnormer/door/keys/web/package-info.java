/** Keys over REST. */
@NullMarked
package org.transnormer.door.keys.web;

import org.jspecify.annotations.NullMarked;
