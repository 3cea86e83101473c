package org.transnormer.standalone.platform;

import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.transnormer.cleaning.CleaningServiceApplication;
import org.transnormer.corpus.CorpusServiceApplication;
import org.transnormer.door.DoorServiceApplication;
import org.transnormer.inference.InferenceServiceApplication;
import org.transnormer.trainer.TrainerServiceApplication;

/** The services of the platform; the name is also the identity and the database schema. */
enum Service {
  CORPUS("corpus", CorpusServiceApplication::application),
  CLEANING("cleaning", CleaningServiceApplication::application),
  TRAINER("trainer", TrainerServiceApplication::application),
  INFERENCE("inference", InferenceServiceApplication::application),
  DOOR("door", DoorServiceApplication::application);

  private final String identity;
  private final Supplier<SpringApplicationBuilder> application;

  Service(String identity, Supplier<SpringApplicationBuilder> application) {
    this.identity = identity;
    this.application = application;
  }

  String identity() {
    return identity;
  }

  /** The service's own application, as a cluster runs it. */
  SpringApplicationBuilder application() {
    return application.get();
  }
}
