package org.transnormer.support.removal;

import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.removal.Neighbours.Presence;

/** What {@link Neighbours} of other services ask. */
@RestController
@RequestMapping("/internal/v1")
class ReferencesController {
  private final References references;
  private final Announcements announcements;
  private final Garbage garbage;

  ReferencesController(References references, Announcements announcements, Garbage garbage) {
    this.references = references;
    this.announcements = announcements;
    this.garbage = garbage;
  }

  /**
   * @param referrers in words
   */
  record Referrers(List<String> referrers) {}

  record Present(Presence presence) {}

  /** What is announced comes first: it may become a reference between the two looks. */
  @GetMapping("/references")
  Referrers referrers(@RequestParam Kind kind, @RequestParam String id) {
    List<String> all = new ArrayList<>(announcements.to(kind, id));
    all.addAll(references.to(kind, id));
    return new Referrers(all);
  }

  @GetMapping("/presence")
  Present presence(@RequestParam Kind kind, @RequestParam String id, @RequestParam String folder) {
    if (references.has(kind, id)) {
      return new Present(Presence.PRESENT);
    }
    return new Present(garbage.contains(folder) ? Presence.DISCARDED : Presence.UNKNOWN);
  }
}
