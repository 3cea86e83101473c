/** What the documents promise beside the code. */
@NullMarked
package org.transnormer.integration.docs;

import org.jspecify.annotations.NullMarked;
