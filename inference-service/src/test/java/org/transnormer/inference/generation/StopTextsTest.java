package org.transnormer.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextsTest {

  @Test
  void releasesEverythingWithoutStops() {
    assertThat(new StopTexts(List.of()).release("abc")).isEqualTo("abc");
  }

  @Test
  void holdsBackWhatMayBecomeAStop() {
    StopTexts stops = new StopTexts(List.of("END"));

    assertThat(stops.release("the E")).isEqualTo("the ");
    assertThat(stops.release("N")).isEmpty();
    assertThat(stops.release("d of")).isEqualTo("ENd of");
    assertThat(stops.found()).isFalse();
  }

  @Test
  void cutsAtTheFirstStopEvenAcrossTokens() {
    StopTexts stops = new StopTexts(List.of("END", "\n\n"));

    assertThat(stops.release("one\n")).isEqualTo("one");
    assertThat(stops.release("\ntwo END")).isEmpty();
    assertThat(stops.found()).isTrue();
    assertThat(stops.release("more")).isEmpty();
    assertThat(stops.rest()).isEmpty();
  }

  @Test
  void givesTheHeldTextAtTheEnd() {
    StopTexts stops = new StopTexts(List.of("xyz"));

    assertThat(stops.release("a x")).isEqualTo("a ");
    assertThat(stops.rest()).isEqualTo("x");
  }
}
