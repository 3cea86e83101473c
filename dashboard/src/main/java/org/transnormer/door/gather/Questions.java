package org.transnormer.door.gather;

import java.util.concurrent.CompletableFuture;
import org.transnormer.door.routes.Part;

/** Asks services. A question never fails; its reply says what became of it. */
public interface Questions {

  CompletableFuture<Reply> ask(Part part, String path);

  default Reply get(Part part, String path) {
    return ask(part, path).join();
  }
}
