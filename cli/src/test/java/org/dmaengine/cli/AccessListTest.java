package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** What of a mode is left where the access control list is not copied. */
class AccessListTest {
    /** Of user 1234, rw-; the group may read, others nothing; so the mode is 0760. */
    private static final String LIST =
            "02000000"
                    + "01000700ffffffff"
                    + "02000600d2040000"
                    + "04000400ffffffff"
                    + "10000600ffffffff"
                    + "20000000ffffffff";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        // Someone who may do all, besides a group that may read, or nothing.
        "0775, 7, 5, 7, 0755",
        "0770, 7, 0, 7, 0700",
        // Someone who may do less than others, or nothing.
        "0755, 4, 5, 5, 0744",
        "0755, 0, 5, 5, 0700",
        // The mask is for the group, too.
        "0744, 7, 7, 4, 0744",
        "04775, 7, 5, 7, 04755"
    })
    void shouldGiveNobodyMore(String mode, int user, int group, int mask, String expected) {
        byte[] list = HexFormat.of().parseHex(LIST);
        list[14] = (byte) user;
        list[22] = (byte) group;
        list[30] = (byte) mask;

        int left = AccessList.modeWithout(MemorySegment.ofArray(list), octal(mode));

        assertThat(Integer.toOctalString(left)).isEqualTo(Integer.toOctalString(octal(expected)));
    }

    @Test
    void shouldReplaceFileWithoutGivingItsGroupMore() throws Exception {
        Path source = Files.writeString(folder.resolve("source"), "new");
        Path target = withList(Files.writeString(folder.resolve("target"), "old"));
        assertThat(mode(target)).isEqualTo(0760);

        assertThat(run("copy", source, target)).isZero();

        assertThat(target).hasContent("new");
        assertThat(mode(target)).isEqualTo(0740);
    }

    @Test
    void shouldArchiveFilesAndFoldersWithoutGivingTheirGroupMore() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.writeString(tree.resolve("file"), "x");
        // No text in UTF-8.
        Path latin = Path.of(URI.create("file:///%e4")).getFileName();
        Files.writeString(tree.resolve(latin), "x");
        withList(tree);
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "--archive", tree, copy)).isZero();

        assertThat(mode(copy)).isEqualTo(0740);
        assertThat(mode(copy.resolve("file"))).isEqualTo(0740);
        assertThat(mode(copy.resolve(latin))).isEqualTo(0740);
    }

    @Test
    void shouldTakeModeAsItIsWithoutAList() throws IOException {
        assumeTrue(OwnFile.POSIX, "no modes here");
        Path source = Files.writeString(folder.resolve("source"), "new");
        Files.setAttribute(source, "unix:mode", 0675);

        assertThat(AccessList.modeWithout(source, 0675)).isEqualTo(0675);
        assertThat(AccessList.modeWithout(folder.resolve("missing"), 0675)).isEqualTo(0675);
    }

    /** It and all in it; no class of the JDK sets one. */
    private static Path withList(Path path) throws Exception {
        assumeTrue(OwnFile.POSIX, "no modes here");
        String program =
                """
                import os, sys
                path = os.fsencode(sys.argv[1])
                inside = os.listdir(path) if os.path.isdir(path) else []
                for each in [path] + [os.path.join(path, name) for name in inside]:
                    os.setxattr(each, 'system.posix_acl_access', bytes.fromhex(sys.argv[2]))
                """;
        try {
            Process python =
                    new ProcessBuilder("python3", "-c", program, path.toString(), LIST)
                            .redirectErrorStream(true)
                            .start();
            String said = new String(python.getInputStream().readAllBytes(), UTF_8);
            assumeTrue(python.waitFor() == 0, () -> "no list can be set here: " + said);
        } catch (IOException problem) {
            assumeTrue(false, "no python3, which sets a list: " + problem);
        }
        return path;
    }

    private static int octal(String mode) {
        return Integer.parseInt(mode, 8);
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
