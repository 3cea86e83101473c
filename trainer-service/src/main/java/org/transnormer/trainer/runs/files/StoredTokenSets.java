package org.transnormer.trainer.runs.files;

import java.io.IOException;
import java.util.Optional;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.trainer.runs.TokenSets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@link TokenSets} by the manifest and the description that lie with the tokens. */
public final class StoredTokenSets implements TokenSets {

  private static final String FORMAT = "tnl/token-set/1";
  private static final String DESCRIPTION = "token-set.json";
  private static final int MAX_BYTES = 16 << 20;

  private final ObjectStore store;

  public StoredTokenSets(ObjectStore store) {
    this.store = store;
  }

  @Override
  public Optional<TokenSetFacts> find(String prefix) throws IOException {
    String folder = ObjectKeys.folder(prefix);
    Manifest manifest;
    try {
      manifest = Manifest.read(store, folder, FORMAT);
    } catch (NoSuchObjectException e) {
      return Optional.empty();
    } catch (CorruptArtifactException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    String key = ObjectKeys.join(folder, DESCRIPTION);
    try {
      JsonNode json = CanonicalJson.parse(store.readAll(key, MAX_BYTES));
      JsonNode splits = json.required("splits");
      return Optional.of(
          new TokenSetFacts(
              folder.substring(folder.lastIndexOf('/') + 1),
              folder,
              manifest.digest(),
              json.required("snapshotId").asString(),
              json.required("vocabSize").asInt(),
              json.required("eosToken").asInt(),
              splits.required("train").required("tokens").asLong(),
              splits.required("heldout").required("tokens").asLong()));
    } catch (JacksonException | NoSuchObjectException e) {
      throw new IllegalArgumentException("%s is unusable: %s".formatted(key, e.getMessage()), e);
    }
  }
}
