package org.transnormer.inference.answers;

import java.util.Optional;
import org.transnormer.inference.generation.Usage;

/** The log of answers. */
public interface Answers {

  /** Notes the answer before its first byte is sent, so that no served answer is unknown. */
  void begin(Answer answer);

  void end(String id, Usage usage);

  Optional<Answer> find(String id);
}
