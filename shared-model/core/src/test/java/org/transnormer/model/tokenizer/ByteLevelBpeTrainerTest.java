package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteLevelBpeTrainerTest {

  /** The golden file was trained on the text's lines, their ends left out. */
  @Test
  void learnsWhatTheReferencesTrainerLearns() {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer(List.of("<pad>", "<s>", "</s>"), 1);

    Golden.text().lines().forEach(trainer::add);

    TokenizerJson golden = Golden.tokenizer("bytelevel");
    TokenizerJson learnt = trainer.train(1000);
    assertThat(merges(learnt)).containsExactlyElementsOf(merges(golden));
    assertThat(learnt.root().path("model").path("vocab"))
        .isEqualTo(golden.root().path("model").path("vocab"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void learnsWhatCountingEverythingAgainLearns(long seed) {
    Random random = new Random(seed);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      StringBuilder word = new StringBuilder();
      for (int c = random.nextInt(12); c >= 0; c--) {
        word.append((char) ('a' + random.nextInt(1 + random.nextInt(4))));
      }
      words.add(word.toString());
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      texts.add(words.get(random.nextInt(words.size())) + " " + words.get(random.nextInt(9)));
    }
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer(List.of(TokenizerJson.EOS), 2);

    texts.forEach(trainer::add);

    assertThat(merges(trainer.train(257 + 80))).isEqualTo(slowMerges(texts, 80, 2));
  }

  @Test
  void doesNotDependOnThreadsOrOrder() {
    List<String> texts = new ArrayList<>(List.of(Golden.text().split("(?<=\n)")));
    String expected = trained(texts, 1);

    Collections.shuffle(texts, new Random(5));

    assertThat(trained(texts, 1)).isEqualTo(expected);
    assertThat(trained(texts, 2)).isEqualTo(expected);
    assertThat(trained(texts, 7)).isEqualTo(expected);
  }

  @Test
  void givesATokenizerThatTheLibraryReadsAlike() {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    trainer.add(Golden.text());
    TokenizerJson json = trainer.train(600);

    Tokenizer library = new NativeTokenizer(json, json.eos());
    Tokenizer java = Tokenizer.load(json);

    assertThat(java).isInstanceOf(ByteLevelTokenizer.class);
    assertThat(java.vocabSize()).isEqualTo(600);
    assertThat(java.eos()).isZero();
    String text = Golden.text() + "<|endoftext|>" + Golden.text();
    assertThat(java.encode(text)).containsExactly(library.encode(text));
  }

  @Test
  void stopsWhenNoPairOccursOftenEnough() {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    trainer.add("ab ab");

    assertThat(trainer.train(10_000).vocabSize()).isEqualTo(258);
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheBytes() {
    assertThatThrownBy(() -> new ByteLevelBpeTrainer().train(256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("257");
  }

  private static String trained(List<String> texts, int threads) {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    trainer.addAll(texts.iterator(), threads);
    return new String(trainer.train(900).bytes(), StandardCharsets.UTF_8);
  }

  private static List<String> merges(TokenizerJson json) {
    return json.root()
        .path("model")
        .path("merges")
        .valueStream()
        .map(n -> n.stringValue())
        .toList();
  }

  /** Words as lists of strings, all pairs counted anew for every merge. */
  private static List<String> slowMerges(List<String> texts, int most, long minFrequency) {
    List<List<String>> words = new ArrayList<>();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Gpt2Pieces pieces = new Gpt2Pieces(bytes, bytes.length);
      for (int from = 0; from < bytes.length; from = pieces.endOfPiece(from)) {
        List<String> word = new ArrayList<>();
        for (int i = from; i < pieces.endOfPiece(from); i++) {
          word.add(String.valueOf(ByteAlphabet.character(Byte.toUnsignedInt(bytes[i]))));
        }
        words.add(word);
      }
    }
    Map<String, Integer> ids = new HashMap<>();
    for (char c = 0; c < 0x200; c++) {
      if (ByteAlphabet.bytes(String.valueOf(c)) != null) {
        ids.put(String.valueOf(c), ids.size());
      }
    }
    List<String> merges = new ArrayList<>();
    while (ids.size() < 256 + most) {
      Map<List<String>, Long> counts = new HashMap<>();
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(List.of(word.get(i), word.get(i + 1)), 1L, Long::sum);
        }
      }
      List<String> best =
          counts.entrySet().stream()
              .filter(e -> e.getValue() >= minFrequency)
              .min(
                  Map.Entry.<List<String>, Long>comparingByValue()
                      .reversed()
                      .thenComparing(e -> ids.get(e.getKey().get(0)))
                      .thenComparing(e -> ids.get(e.getKey().get(1))))
              .map(Map.Entry::getKey)
              .orElse(List.of());
      if (best.isEmpty()) {
        break;
      }
      String left = best.get(0);
      String right = best.get(1);
      merges.add(left + " " + right);
      ids.putIfAbsent(left + right, ids.size());
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i).equals(left) && word.get(i + 1).equals(right)) {
            word.set(i, left + right);
            word.remove(i + 1);
          }
        }
      }
    }
    return merges;
  }
}
