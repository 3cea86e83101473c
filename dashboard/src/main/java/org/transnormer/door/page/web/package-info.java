/** Pages that are asked for one by one. */
@NullMarked
package org.transnormer.door.page.web;

import org.jspecify.annotations.NullMarked;
