package org.transnormer.cleaning.tokenizers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.tokenizer.TokenizerJson;

/** Tokenizers in the object store, content-addressed: {@code tokenizers/<sha256>/}. */
public final class TokenizerStore {

  public static final String FORMAT = "tnl/tokenizer/1";
  private static final String FILE = "tokenizer.json";

  private final ObjectStore store;

  public TokenizerStore(ObjectStore store) {
    this.store = store;
  }

  public static String prefix(String sha256) {
    return "tokenizers/" + sha256;
  }

  /** Stores a tokenizer; the same bytes again change nothing. */
  public String put(TokenizerJson tokenizer) throws IOException {
    String prefix = prefix(tokenizer.sha256());
    StoredObject file = store.put(prefix + "/" + FILE, tokenizer.bytes());
    new Manifest(
            FORMAT,
            List.of(Manifest.Entry.of(prefix, file)),
            CanonicalJson.object()
                .put("sha256", tokenizer.sha256())
                .put("vocabSize", tokenizer.vocabSize()))
        .commit(store, prefix);
    return prefix;
  }

  /** Loads a committed tokenizer, its digest verified. */
  public Tokenizer load(String sha256) throws IOException {
    Path folder = Manifest.read(store, prefix(sha256), FORMAT).fetch(store, prefix(sha256));
    return Tokenizer.load(folder.resolve(FILE));
  }
}
