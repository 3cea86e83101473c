package org.transnormer.cleaning.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strings of English that are split, or left whole, against the general rules: contractions,
 * abbreviations, times of day and emoticons, after spaCy's {@code lang/en/tokenizer_exceptions.py}
 * and {@code lang/tokenizer_exceptions.py}.
 */
final class WordExceptions {
  private static final int[] WHOLE = {};
  private static final int FILTER_MASK = (1 << 15) - 1;

  /** Contractions that are words of their own without the apostrophe. */
  private static final List<String> AMBIGUOUS =
      List.of("ill", "its", "hell", "shell", "shed", "were", "well", "whore");

  private static final String ABBREVIATIONS =
      "Mt. Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. D.C. Feb. Fla. Ga. Ia. Id."
          + " Ill. Ind. Jan. Jul. Jun. Kan. Kans. Ky. La. Mar. Mass. Mich. Minn. Miss. Mo. Mont."
          + " N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep."
          + " Sept. Tenn. Va. Wash. Wis. 'd a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G."
          + " Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. Mr. Mrs. Ms. p.m. Ph.D. Prof."
          + " Rep. Rev. Sen. St. vs. v.s. o.k. O.K. 's 'S 's 'em 'Em and/or o'clock"
          + " ol' Ol' nuthin' Nuthin' nothin' Nothin' somethin' Somethin' havin' Havin' doin' Doin'"
          + " goin' Goin' lovin' Lovin' 'Cause 'cause 'Cos 'cos 'Coz 'coz 'Cuz 'cuz 'bout 'nuff";

  private static final String EMOTICONS =
      ":) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;)"
          + " ;-) (; (-; :( :-( :(( :-(( :((( :-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =|"
          + " :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() >:o :* :-* :3 :-3 =3 :> :->"
          + " :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.> <.< ._."
          + " ;_; -_- -__- v.v V.V v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0"
          + " 0.o @_@ <3 <33 <333 </3 (^_^) (-_-) (._.) (>_<) (*_*) \\o/ \\\")/ C++ 'y'";

  static final WordExceptions ENGLISH = new WordExceptions();

  private final Map<String, int[]> splits = new HashMap<>();
  private final BitSet filter = new BitSet(FILTER_MASK + 1);

  private WordExceptions() {
    pronouns();
    questions();
    verbs();
    splitAll("can+not gon+na got+ta let+s let+'s c'm+on y'+all Y'+all how+d+y not+a");
    splitAll("shall+n't'");
    for (String whole : (ABBREVIATIONS + " " + EMOTICONS).split(" ")) {
      put(whole);
    }
    for (char letter = 'a'; letter <= 'z'; letter++) {
      put(letter + ".");
    }
    for (int hour = 1; hour <= 12; hour++) {
      for (String half : List.of("a.m.", "am", "p.m.", "pm")) {
        put(String.valueOf(hour), half);
      }
    }
  }

  /** Whether some exception may be spelled so; a cheap test before {@link #find}. */
  boolean mayHold(int[] codePoints, int start, int end) {
    int bit = 0;
    for (int i = start; i < end; i++) {
      bit = bit * 31 + codePoints[i];
    }
    return filter.get(bit & FILTER_MASK);
  }

  /**
   * Lengths of the words that the string is split into, in code points; null if it is no exception.
   */
  int @Nullable [] find(String word) {
    return splits.get(word);
  }

  private void pronouns() {
    for (String pronoun : List.of("i", "you", "he", "she", "it", "we", "they")) {
      List<String> endings = new ArrayList<>(List.of("'ll", "'d", "'ll+'ve", "'d+'ve"));
      switch (pronoun) {
        case "i" -> endings.addAll(List.of("'m", "'ve"));
        case "you", "we", "they" -> endings.addAll(List.of("'re", "'ve"));
        default -> endings.add("'s");
      }
      endings.forEach(ending -> contraction(pronoun + "+" + ending));
    }
  }

  private void questions() {
    for (String word : List.of("who", "what", "when", "where", "why", "how", "there", "that")) {
      for (String ending : List.of("'s", "'ll", "'ll+'ve", "'re", "'ve", "'d", "'d+'ve")) {
        contraction(word + "+" + ending);
      }
    }
  }

  private void verbs() {
    String stems =
        "ca could do does did had may might must need ought sha should wo would ai are is was were"
            + " have has dare";
    for (String stem : stems.split(" ")) {
      contraction(stem + "+n't");
      contraction(stem + "+n't+'ve");
    }
    for (String stem : "could might must should would".split(" ")) {
      contraction(stem + "+'ve");
    }
  }

  /** With a straight, with a round, and without an apostrophe; in lower and in title case. */
  private void contraction(String parts) {
    spell(parts);
    spell(parts.replace('\'', '\u2019'));
    String bare = parts.replace("'", "");
    if (!AMBIGUOUS.contains(bare.replace("+", ""))) {
      spell(bare);
    }
  }

  private void splitAll(String words) {
    for (String parts : words.split(" ")) {
      spell(parts);
    }
  }

  private void spell(String parts) {
    put(parts.split("\\+"));
    put((parts.substring(0, 1).toUpperCase(Locale.ROOT) + parts.substring(1)).split("\\+"));
  }

  private void put(String... parts) {
    int[] lengths = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      lengths[i] = parts[i].codePointCount(0, parts[i].length());
    }
    String whole = String.join("", parts);
    splits.put(whole, parts.length == 1 ? WHOLE : lengths);
    filter.set(whole.codePoints().reduce(0, (bit, c) -> bit * 31 + c) & FILTER_MASK);
  }
}
