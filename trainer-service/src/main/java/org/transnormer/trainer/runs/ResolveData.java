package org.transnormer.trainer.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;
import org.transnormer.trainer.runs.TokenSetNames.Named;
import org.transnormer.trainer.runs.TokenSets.TokenSetFacts;

/**
 * Finds the token set that a specification names by its id, by its place in the store, or by both,
 * which must then agree.
 */
record ResolveData(TokenSets tokenSets, TokenSetNames names) {

  private static final String FOLDER = "token-sets/";
  private static final String ID = "/spec/data/tokenSetId";
  private static final String PREFIX = "/spec/data/tokenSetPrefix";

  /** The set under the id that lineage finds it by; empty with the faults noted. */
  Optional<TokenSetFacts> resolve(List<Fault> faults, SpecForm.@Nullable Data form) {
    @Nullable String id = form == null ? null : form.tokenSetId();
    @Nullable String prefix = form == null ? null : form.tokenSetPrefix();
    if (form == null || (id == null && prefix == null)) {
      faults.add(new Fault("/spec/data", "must name a token set by tokenSetId or tokenSetPrefix"));
      return Optional.empty();
    }
    try {
      Optional<TokenSetFacts> found =
          prefix != null ? at(faults, prefix, id) : named(faults, String.valueOf(id));
      found.ifPresent(set -> same(faults, form, set));
      return found;
    } catch (IllegalArgumentException e) {
      faults.add(new Fault(prefix == null ? ID : PREFIX, String.valueOf(e.getMessage())));
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the token set", e);
    }
  }

  private Optional<TokenSetFacts> named(List<Fault> faults, String id) throws IOException {
    Optional<Named> named = names.find(id);
    Optional<TokenSetFacts> found = tokenSets.find(named.map(Named::prefix).orElse(FOLDER + id));
    if (found.isEmpty()) {
      faults.add(
          new Fault(
              ID,
              named.isPresent()
                  ? "token set %s is not made yet".formatted(id)
                  : "there is no token set " + id));
    }
    return found.map(set -> set.named(named.map(Named::id).orElseGet(() -> idOf(set))));
  }

  private Optional<TokenSetFacts> at(List<Fault> faults, String prefix, @Nullable String id)
      throws IOException {
    Optional<TokenSetFacts> found = tokenSets.find(prefix);
    if (found.isEmpty()) {
      faults.add(new Fault(PREFIX, "there is no token set at " + prefix));
      return found;
    }
    TokenSetFacts set = found.get();
    if (id == null) {
      return Optional.of(set.named(idOf(set)));
    }
    if (id.equals(set.id())) {
      return found; // the place says it, as for the sets of a cleaning run's rounds
    }
    Optional<Named> named = names.find(id);
    if (named.isEmpty() || !named.get().prefix().equals(set.prefix())) {
      faults.add(
          new Fault(
              ID,
              named
                  .map(other -> "token set %s lies at %s".formatted(id, other.prefix()))
                  .orElse("there is no token set " + id)));
      return Optional.empty();
    }
    return Optional.of(set.named(named.get().id()));
  }

  /**
   * Looks again, after it was announced that a run is going to refer to the set.
   *
   * @throws InvalidSpecException when it was removed meanwhile
   */
  void requireStillThere(RunSpec.Data data) {
    try {
      boolean gone =
          names.removed(data.tokenSetId(), data.tokenSetPrefix())
              || tokenSets
                  .find(data.tokenSetPrefix())
                  .filter(set -> set.manifestDigest().equals(data.tokenSetDigest()))
                  .isEmpty();
      if (gone) {
        throw new InvalidSpecException(
            List.of(new Fault(ID, "there is no token set " + data.tokenSetId())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the token set", e);
    }
  }

  /** A set that nobody made through the platform is called as its folder is. */
  private String idOf(TokenSetFacts set) {
    return names.find(set.manifestDigest()).map(Named::id).orElse(set.id());
  }

  private static void same(List<Fault> faults, SpecForm.Data form, TokenSetFacts set) {
    if (form.tokenSetDigest() != null && !form.tokenSetDigest().equals(set.manifestDigest())) {
      faults.add(
          new Fault(
              "/spec/data/tokenSetDigest", "the set there has digest " + set.manifestDigest()));
    }
    if (form.snapshotId() != null && !form.snapshotId().equals(set.snapshotId())) {
      faults.add(new Fault("/spec/data/snapshotId", "the set is of snapshot " + set.snapshotId()));
    }
  }
}
