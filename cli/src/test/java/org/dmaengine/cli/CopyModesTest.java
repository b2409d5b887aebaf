package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/** Special bits and owners, where the system knows them. */
class CopyModesTest {
    private static final int NOBODY = 65534;

    @TempDir Path folder;

    @BeforeEach
    void requireModes() {
        assumeTrue(OwnFile.POSIX, "no modes here");
    }

    @Test
    void shouldArchiveSpecialBits() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        setMode(Files.createDirectory(tree.resolve("shared")), 01777);
        setMode(Files.createDirectory(tree.resolve("of-group")), 02750);
        setMode(Files.writeString(tree.resolve("program"), "x"), 06755);
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "--archive", tree, copy)).isZero();

        assertThat(mode(copy.resolve("shared"))).isEqualTo(01777);
        assertThat(mode(copy.resolve("of-group"))).isEqualTo(02750);
        assertThat(mode(copy.resolve("program"))).isEqualTo(06755);
    }

    @ParameterizedTest
    @CsvSource({
        "1922-06-20T21:19:59.75Z, 1922-06-20T21:19:59Z",
        "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00.25Z, 1970-01-01T00:00:00.25Z"
    })
    void shouldArchiveTimesBefore1970(Instant modified, Instant expected) throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path file = Files.writeString(tree.resolve("file"), "x");
        // Java sets no such time.
        Process touch =
                new ProcessBuilder("touch", "-d", modified.toString(), file.toString()).start();
        assumeTrue(touch.waitFor() == 0, "touch sets no such time");
        assumeTrue(
                Files.getLastModifiedTime(file).toInstant().equals(modified),
                "the file system keeps no such time");
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "--archive", tree, copy)).isZero();

        assertThat(Files.getLastModifiedTime(copy.resolve("file")).toInstant()).isEqualTo(expected);
    }

    @Test
    void shouldLetNothingRunAsWhoeverCopiesIt() throws IOException {
        requireRoot();
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path program = Files.writeString(tree.resolve("program"), "x");
        give(program, NOBODY, 1);
        setMode(program, 06755);
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "--archive", tree, copy)).isZero();

        assertThat(mode(copy.resolve("program"))).isEqualTo(0755);
    }

    @Test
    void shouldKeepTheGroupBitThatANewFolderIsMadeWith() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/inner")).getParent();
        Path target = Files.createDirectory(folder.resolve("target"));
        setMode(target, 02755);

        assertThat(run("copy", "-r", tree, target)).isZero();

        assertThat(mode(target.resolve("tree")) & UnixFile.S_ISGID).isNotZero();
        assertThat(mode(target.resolve("tree/inner")) & UnixFile.S_ISGID).isNotZero();
    }

    @Test
    void shouldKeepOwnerAndGroupOfWhatIsReplaced() throws IOException {
        requireRoot();
        Path source = Files.writeString(folder.resolve("source"), "new");
        Path target = Files.writeString(folder.resolve("target"), "old");
        give(target, NOBODY, 1);
        setMode(target, 0640);

        assertThat(run("copy", source, target)).isZero();

        UnixFile replaced = UnixFile.look(target);
        assertThat(target).hasContent("new");
        assertThat(replaced.user()).isEqualTo(NOBODY);
        assertThat(replaced.group()).isEqualTo(1);
        assertThat(mode(target)).isEqualTo(0640);
    }

    @Test
    void shouldNotChangeTheModeOfWhatALinkLeadsTo() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "x");
        setMode(victim, 0600);
        Path link = Files.createSymbolicLink(folder.resolve("link"), victim);
        TargetAttributes all = ofAll(Optional.empty());

        assertThatThrownBy(() -> all.applyTo(link))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(link.toString());

        assertThat(mode(victim)).isEqualTo(0600);
    }

    @Test
    void shouldDoWithoutModesWhereTheFileSystemRefusesThem() throws IOException {
        Path refusing = Path.of("/proc/self/status");
        assumeTrue(Files.exists(refusing), "no /proc");

        assertThatCode(() -> ofAll(Optional.empty()).applyTo(refusing)).doesNotThrowAnyException();

        TargetAttributes ofReplaced = ofAll(Optional.of(UnixFile.look(refusing)));
        assertThatThrownBy(() -> ofReplaced.applyTo(refusing)).isInstanceOf(IOException.class);
    }

    private static TargetAttributes ofAll(Optional<UnixFile> like) {
        return new TargetAttributes(
                Optional.of(PosixFilePermissions.fromString("rwxrwxrwx")), Optional.empty(), like);
    }

    private void requireRoot() throws IOException {
        assumeTrue(UnixFile.look(folder).user() == 0, "only root can give files away");
    }

    private static void give(Path path, int user, int group) throws IOException {
        Files.setAttribute(path, "unix:gid", group);
        Files.setAttribute(path, "unix:uid", user);
    }

    private static void setMode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }

    private static int mode(Path path) throws IOException {
        return UnixFile.look(path).has(07777);
    }

    private static int run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return Main.run(new Interruption(), words);
    }
}
