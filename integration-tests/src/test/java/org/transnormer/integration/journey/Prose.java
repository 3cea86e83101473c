package org.transnormer.integration.journey;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Documents of plain English sentences, the same at every call. */
public final class Prose {

  private static final int SENTENCES = 14;

  private static final List<String> PEOPLE =
      words(
          "captain teacher farmer doctor painter neighbour sailor judge baker student gardener"
              + " writer soldier merchant carpenter singer miller shepherd clerk widow");
  private static final List<String> THINGS =
      words(
          "letter bridge garden window river candle harvest story journey market orchard lantern"
              + " violin harbour mountain kitchen library weather picture promise wagon clock");
  private static final List<String> QUALITIES =
      words(
          "old quiet narrow golden distant heavy gentle broken curious patient bright hollow"
              + " familiar strange careful wooden silver empty honest sudden");
  private static final List<String> DEEDS =
      words(
          "remembered carried described followed painted repaired forgot admired watched borrowed"
              + " defended measured praised abandoned discovered questioned");
  private static final List<String> TIMES =
      words(
          "yesterday afterwards slowly again together quietly eventually tonight sometimes early"
              + " already twice");

  private Prose() {}

  /** JSON lines with id and text. */
  public static String documents(int count) {
    return IntStream.range(0, count)
        .mapToObj(i ->
            JsonMapper.shared()
                .writeValueAsString(java.util.Map.of("id", "prose-" + i, "text", document(i))))
        .collect(Collectors.joining("\n"));
  }

  private static String document(int number) {
    Random random = new Random(number);
    return IntStream.range(0, SENTENCES)
        .mapToObj(i -> sentence(random))
        .collect(Collectors.joining(" "));
  }

  private static String sentence(Random random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          "The %s %s %s the %s of the %s, and that was %s enough for the %s."
              .formatted(
                  any(QUALITIES, random),
                  any(PEOPLE, random),
                  any(DEEDS, random),
                  any(THINGS, random),
                  any(PEOPLE, random),
                  any(QUALITIES, random),
                  any(PEOPLE, random));
      case 1 ->
          "With a %s %s in the %s, she %s every %s that the %s had %s."
              .formatted(
                  any(QUALITIES, random),
                  any(THINGS, random),
                  any(THINGS, random),
                  any(DEEDS, random),
                  any(THINGS, random),
                  any(PEOPLE, random),
                  any(DEEDS, random));
      case 2 ->
          "Nobody have I known to be as %s as this %s, who %s %s the %s to the %s."
              .formatted(
                  any(QUALITIES, random),
                  any(PEOPLE, random),
                  any(TIMES, random),
                  any(DEEDS, random),
                  any(THINGS, random),
                  any(PEOPLE, random));
      default ->
          "It was %s that the %s and the %s %s a %s %s by the %s."
              .formatted(
                  any(TIMES, random),
                  any(PEOPLE, random),
                  any(PEOPLE, random),
                  any(DEEDS, random),
                  any(QUALITIES, random),
                  any(THINGS, random),
                  any(THINGS, random));
    };
  }

  private static String any(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }
}
