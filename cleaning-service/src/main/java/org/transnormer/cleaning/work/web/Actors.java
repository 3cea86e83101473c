package org.transnormer.cleaning.work.web;

import java.util.Locale;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.support.security.Caller;

/** The caller of a request as the core knows it. */
public final class Actors {
  private Actors() {}

  public static Actor current() {
    Caller caller = Caller.current();
    return new Actor(
        caller.subject(), caller.role().name().toLowerCase(Locale.ROOT), caller.name());
  }
}
