package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFolderTest {

  @TempDir private Path scratch;

  @Test
  void takesItsPlaceWhenItIsWhole() throws IOException {
    Path place = Files.createDirectory(scratch.resolve("place"));
    NewFolder folder = NewFolder.at(place);

    Files.writeString(folder.begin().resolve("made"), "x");
    assertThat(place).isEmptyDirectory();

    assertThat(folder.complete()).isDirectoryContaining("glob:**/made");
    assertThat(scratch).isDirectoryNotContaining("glob:**/*.unfinished");
  }

  @Test
  void whatSomebodyPutThereMeanwhileIsNotLostAndNeitherIsWhatWasMade() throws IOException {
    Path place = scratch.resolve("place");
    NewFolder folder = NewFolder.at(place);
    Path made = Files.writeString(folder.begin().resolve("made"), "x");
    Path theirs = Files.writeString(Files.createDirectory(place).resolve("theirs"), "y");

    assertThatThrownBy(folder::complete)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("place.unfinished");

    assertThat(theirs).hasContent("y");
    assertThat(made).hasContent("x");
  }

  @Test
  void takesThePlaceOfWhatIsGivenUp() throws IOException {
    Path place = Files.createDirectory(scratch.resolve("place"));
    Path old = Files.writeString(place.resolve("old"), "x");
    NewFolder folder = NewFolder.insteadOf(place);

    Files.writeString(folder.begin().resolve("made"), "x");

    assertThat(folder.complete()).isDirectoryContaining("glob:**/made");
    assertThat(old).doesNotExist();
  }
}
