package org.transnormer.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.support.problems.InvalidProblem;

class PageTest {
  @Test
  void takesALimitWithinBoundsOrItsOwn() {
    assertThat(Page.limit(null)).isEqualTo(Page.DEFAULT_LIMIT);
    assertThat(Page.limit(1)).isEqualTo(1);
    assertThat(Page.limit(Page.MAX_LIMIT)).isEqualTo(Page.MAX_LIMIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, Page.MAX_LIMIT + 1, 1_000_000_000})
  void refusesALimitOutsideOfThem(int limit) {
    assertThatThrownBy(() -> Page.limit(limit))
        .isInstanceOf(InvalidProblem.class)
        .hasMessage("limit: must be from 1 to 500");
  }

  @Test
  void refusesACursorThatNoPageGave() {
    String id = Ids.next();
    assertThat(Page.after(id, Ids::isId)).isEqualTo(id);
    assertThat(Page.after(null, Ids::isId)).isNull();
    assertThatThrownBy(() -> Page.after("nonsense", Ids::isId))
        .isInstanceOf(InvalidProblem.class)
        .hasMessageStartingWith("after: ");
  }
}
