package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.peer.Python;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokenizers that the references train and use, read by us: the same ids, whatever the text. */
class TokenizerPeerTest {

  @TempDir Path folder;

  @Test
  void sentencePieceAndTiktokenFilesGiveTheReferencesIds() throws IOException {
    List<String> texts = texts();
    Path strings = folder.resolve("texts.json");
    Files.writeString(strings, JsonMapper.shared().writeValueAsString(texts));
    Path corpus = Files.writeString(folder.resolve("corpus.txt"), Golden.text());
    Path out = Files.createDirectory(folder.resolve("out"));

    Python.run("tokenizers_peer.py", "sentencepiece, tiktoken", corpus, strings, out);

    List<String> files =
        List.of(
            "bpe.model",
            "bpe-bare.model",
            "bpe-unknown.model",
            "bpe-nfkc.model",
            "unigram.model",
            "unigram-bytes.model",
            "unigram-nfkc.model",
            "two-letters.model",
            "peer.tiktoken");
    for (String file : files) {
      Tokenizer tokenizer = Tokenizer.load(out.resolve(file));
      JsonNode expected =
          JsonMapper.shared()
              .readTree(out.resolve(file.substring(0, file.lastIndexOf('.')) + ".json").toFile());
      for (int i = 0; i < texts.size(); i++) {
        int[] ids = tokenizer.encode(texts.get(i));
        assertThat(ids)
            .as("%s: '%s'", file, texts.get(i))
            .containsExactly(
                expected.path("ids").path(i).valueStream().mapToInt(JsonNode::intValue).toArray());
      }
    }
  }

  private static List<String> texts() {
    List<String> texts =
        new ArrayList<>(List.of("", " ", "  ", " a", "a ", "\u2581", "\u2581 a  b "));
    Golden.rows("bytelevel").forEach(row -> texts.add(row.text()));
    Random random = new Random(3);
    String corpus = Golden.text();
    for (int i = 0; i < 300; i++) {
      int from = random.nextInt(corpus.length() - 400);
      texts.add(corpus.substring(from, from + random.nextInt(400)));
      texts.add(RandomText.of(random, 1 + random.nextInt(20)));
      StringBuilder letters = new StringBuilder();
      for (int n = random.nextInt(40); n >= 0; n--) {
        letters.append("ab  ".charAt(random.nextInt(i % 2 == 0 ? 2 : 4)));
      }
      texts.add(letters.toString());
    }
    // Special tokens are recognised here where they are spelled, and are plain text there.
    texts.removeIf(text -> text.matches("(?s).*<(/?s|unk|\\|endoftext\\||0x).*"));
    return texts.stream().map(Utf8::wellFormed).toList();
  }
}
