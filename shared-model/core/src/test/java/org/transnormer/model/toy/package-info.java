/**
 * A second family, as small as one can be, to prove that trainers and servers know families only by
 * their interfaces: what follows a token is told from that token alone.
 */
@NullMarked
package org.transnormer.model.toy;

import org.jspecify.annotations.NullMarked;
