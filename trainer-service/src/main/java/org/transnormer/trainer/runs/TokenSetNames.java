package org.transnormer.trainer.runs;

import java.util.Optional;

/** The token sets by the ids under which people made them. */
public interface TokenSetNames {

  /**
   * @param id of the resource in cleaning-service
   * @param prefix where its content lies in the object store; several may share one
   */
  record Named(String id, String prefix) {}

  /**
   * @param id of the resource, or digest of the manifest; empty when nobody made such a set
   */
  Optional<Named> find(String id);

  /**
   * Whether the set was removed; answered after the end of a removal that is under way.
   *
   * @param id and place as a specification names them
   */
  default boolean removed(String id, String prefix) {
    return false;
  }
}
