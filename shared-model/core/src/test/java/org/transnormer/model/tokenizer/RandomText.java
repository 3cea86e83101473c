package org.transnormer.model.tokenizer;

import java.util.Random;

/** Text of the kinds that tokenizers stumble over. */
final class RandomText {

  private static final String[] SNIPPETS = {
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    "\u00A0",
    "\u2003",
    "\u0085",
    "'s",
    "'ll",
    "'LL",
    "'",
    "''re",
    "the",
    "The ",
    "ing",
    "0",
    "1234",
    "x9",
    "é",
    "e\u0301",
    "\u4E2D\u6587",
    "\uD83D\uDE00",
    "!!",
    "...",
    "\u200D",
    "\u0000",
    "\u001C",
    "</s>",
    "<s",
    "<pad>",
    "</s></s>",
    "\uFEFF",
    "\uE000",
    "\u0E33",
    "\u00BD",
    "\u2167",
    "_",
    "-",
    "\u180E",
    "\u3000"
  };

  private RandomText() {}

  static String of(Random random, int snippets) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < snippets; i++) {
      if (random.nextInt(5) == 0) {
        int c = random.nextInt(Character.MAX_CODE_POINT + 1);
        text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
      } else {
        text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
      }
    }
    return text.toString();
  }
}
