package org.transnormer.inference.openai.web;

import java.util.concurrent.BlockingQueue;
import org.transnormer.inference.generation.FinishReason;
import org.transnormer.inference.generation.GeneratedToken;
import org.transnormer.inference.generation.GenerationListener;
import org.transnormer.inference.generation.Usage;

/**
 * What happens to one choice of a request, on its way from the engine's thread to the request's.
 */
sealed interface ChoiceEvent {

  int index();

  record Token(int index, GeneratedToken token) implements ChoiceEvent {}

  record End(int index, FinishReason reason, Usage usage) implements ChoiceEvent {}

  record Failure(int index, Throwable cause) implements ChoiceEvent {}

  /** Queues what it hears; the queue is unbounded, but a choice has a bounded number of events. */
  record Listener(int index, BlockingQueue<ChoiceEvent> queue) implements GenerationListener {

    @Override
    public void token(GeneratedToken token) {
      queue.add(new Token(index, token));
    }

    @Override
    public void end(FinishReason reason, Usage usage) {
      queue.add(new End(index, reason, usage));
    }

    @Override
    public void failed(Throwable cause) {
      queue.add(new Failure(index, cause));
    }
  }
}
