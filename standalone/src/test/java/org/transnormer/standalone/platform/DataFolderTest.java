package org.transnormer.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.embedded.FolderLock;

class DataFolderTest {

  @TempDir Path folder;

  @Test
  void claimsAnAbsentOrEmptyFolder() throws IOException {
    DataFolder.claim(folder);
    DataFolder.claim(folder.resolve("new"));
    Files.writeString(folder.resolve("more"), "data");
    DataFolder.claim(folder); // its own, with data in it by now
    assertThat(folder.resolve("more")).exists();
  }

  @Test
  void leavesOtherPeoplesFilesAlone() throws IOException {
    Path thesis = Files.writeString(folder.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> DataFolder.claim(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not empty");
    assertThatThrownBy(() -> DataFolder.reset(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing in it was deleted");
    assertThat(thesis).hasContent("years of work");
  }

  @Test
  void saysThatAFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("passwd"), "x");
    assertThatThrownBy(() -> DataFolder.claim(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is not a folder; give one as --data");
  }

  @Test
  void resetEmptiesItsOwnFolder() throws IOException {
    DataFolder.claim(folder);
    Files.createDirectories(folder.resolve("store/deep"));
    Files.writeString(folder.resolve("store/deep/file"), "x");
    DataFolder.reset(folder);
    assertThat(folder.resolve("store")).doesNotExist();
    DataFolder.claim(folder);
  }

  @Test
  void doesNotResetUnderALivePlatform() throws IOException {
    DataFolder.claim(folder);
    Path file = Files.writeString(folder.resolve("file"), "x");
    try (FolderLock _ = FolderLock.take(folder)) {
      assertThatThrownBy(() -> DataFolder.reset(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by process");
    }
    assertThat(file).exists();
  }
}
