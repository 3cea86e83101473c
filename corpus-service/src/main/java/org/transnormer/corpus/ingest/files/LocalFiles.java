package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.PlannedFile;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.ingest.SourceFiles.Listing;
import org.transnormer.corpus.sources.Location;

/**
 * Files of a local folder. Links to files are followed if they stay inside the root; links to
 * folders are not followed, so that the walk ends. Hidden files and folders are passed over.
 */
final class LocalFiles {
  private LocalFiles() {}

  static void list(Location.Local location, Selection selection, Listing listing)
      throws IOException {
    Path base = base(location);
    Files.walkFileTree(location.path(), new Walk(location, base, selection, listing));
  }

  /** Relative paths begin here: at the folder, or at the folder of the one file. */
  private static Path base(Location.Local location) {
    Path parent = location.path().getParent();
    return Files.isRegularFile(location.path()) && parent != null ? parent : location.path();
  }

  static InputStream open(Location.Local location, PlannedFile file) throws RefusedFile {
    try {
      Path real = base(location).resolve(file.path()).toRealPath();
      if (!real.startsWith(location.root())) {
        throw new RefusedFile(Reason.OUTSIDE_ROOTS, "a link leads out of the root");
      }
      BasicFileAttributes now =
          Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!now.isRegularFile() || !fingerprint(now).equals(file.fingerprint())) {
        throw new RefusedFile(Reason.CHANGED, "changed since the ingestion was planned");
      }
      return Files.newInputStream(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw new RefusedFile(Reason.CHANGED, "gone since the ingestion was planned");
    } catch (IOException e) {
      throw new RefusedFile(Reason.UNREADABLE, "cannot be opened: " + e.getClass().getSimpleName());
    }
  }

  private static String fingerprint(BasicFileAttributes attributes) {
    return attributes.size() + "-" + attributes.lastModifiedTime().toMillis();
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Location.Local location;
    private final Path base;
    private final Selection selection;
    private final Listing listing;

    Walk(Location.Local location, Path base, Selection selection, Listing listing) {
      this.location = location;
      this.base = base;
      this.selection = selection;
      this.listing = listing;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean hidden = !folder.equals(location.path()) && isHidden(folder);
      return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String path = relative(file);
      if (!isHidden(file) && selection.takes(path)) {
        if (!isWhatItsNameSays(file, path)) {
          listing.refused(path, Reason.UNUSABLE_NAME, "not UTF-8, or with a backslash");
        } else if (attributes.isSymbolicLink()) {
          visitLink(file, path);
        } else {
          take(path, attributes);
        }
      }
      return FileVisitResult.CONTINUE;
    }

    /** To the file system a name is bytes; what was planned is found again by text. */
    private boolean isWhatItsNameSays(Path file, String path) {
      try {
        return base.resolve(path).equals(file);
      } catch (InvalidPathException _) {
        return false;
      }
    }

    private void visitLink(Path link, String path) {
      try {
        Path real = link.toRealPath();
        if (!real.startsWith(location.root())) {
          listing.refused(path, Reason.OUTSIDE_ROOTS, "a link leads out of the root");
        } else if (Files.isDirectory(real)) {
          listing.refused(path, Reason.NOT_A_FILE, "links to folders are not followed");
        } else {
          take(path, Files.readAttributes(real, BasicFileAttributes.class));
        }
      } catch (IOException e) {
        listing.refused(path, Reason.UNREADABLE, "a link leads nowhere");
      }
    }

    private void take(String path, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        listing.file(new PlannedFile(path, attributes.size(), fingerprint(attributes)));
      } else {
        listing.refused(path, Reason.NOT_A_FILE, "neither a file nor a folder");
      }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      listing.refused(
          relative(file),
          Reason.UNREADABLE,
          "cannot be read: " + failure.getClass().getSimpleName());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
      if (failure != null) {
        listing.refused(relative(folder), Reason.UNREADABLE, "cannot be listed to its end");
      }
      return FileVisitResult.CONTINUE;
    }

    private String relative(Path file) {
      return base.relativize(file).toString().replace('\\', '/');
    }

    private static boolean isHidden(Path path) {
      return String.valueOf(path.getFileName()).startsWith(".");
    }
  }
}
