package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the words of a copy name, and what they do not. */
class CopyNamesTest {
    @TempDir Path folder;

    @Test
    void shouldTakeNameThatBeginsWithAtAsAName() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "not meant");
        Path list = Files.writeString(folder.resolve("list"), other.toString());
        Path target = folder.resolve("target");

        assertThat(run("copy", "@" + list, target)).isEqualTo(1);

        assertThat(target).doesNotExist();
    }

    @Test
    void shouldRefuseEmptyNames() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");

        assertThat(run("copy", source, "")).isEqualTo(2);
        assertThat(run("copy", "", folder.resolve("target"))).isEqualTo(2);
        assertThat(run("copy", "-r", "", folder.resolve("target"))).isEqualTo(2);

        assertThat(folder.resolve("target")).doesNotExist();
        assertThat(Path.of("source")).doesNotExist();
    }

    @Test
    void shouldNotInventANameForStandardInput() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);

        for (String target : List.of(real.toString(), real + "/", link.toString(), link + "/")) {
            Cli.Result result = Cli.run("copy", "-", target);

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
        }

        assertThat(real).isEmptyDirectory();
    }

    @Test
    void shouldMakeNoFileOfANameThatIsNoText() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        // What Java makes of a byte that means nothing in the charset.
        Path target = folder.resolve("u\uFFFD");

        Cli.Result result = Cli.run("copy", source.toString(), target.toString());

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains("LC_ALL", "ISO-8859-1", "copy the folder around it");
        assertThat(result.err()).as("it is that already").doesNotContain("C.UTF-8");
        assertThat(target).doesNotExist();
        // A file may really have that name.
        Files.writeString(target, "y");
        assertThat(Cli.run("copy", target.toString(), source.toString()).code()).isZero();
        assertThat(source).hasContent("y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-r", "--archive"})
    void shouldCopyTheFolderThatALinkWithASlashLeadsTo(String option) throws IOException {
        Path real = Files.createDirectories(folder.resolve("real/inner")).getParent();
        Files.writeString(real.resolve("inner/file"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        Path around = Files.createDirectory(folder.resolve("around"));

        assertThat(run("copy", option, link + "/", folder.resolve("new"))).isZero();
        assertThat(run("copy", option, link + "/", around)).isZero();
        assertThat(run("copy", option, link, folder.resolve("other"))).isZero();

        for (Path copy : List.of(folder.resolve("new"), around.resolve("link"))) {
            assertThat(Files.isSymbolicLink(copy)).isFalse();
            assertThat(copy.resolve("inner/file")).hasContent("x");
        }
        assertThat(folder.resolve("other")).isSymbolicLink();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithANameAndNotThatNothingHasIt() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        Path tooLong = folder.resolve("n".repeat(300));

        for (Path wrong : List.of(loop.resolve("x"), tooLong.resolve("x"))) {
            Cli.Result from = Cli.run("copy", wrong.toString(), folder + "/target");
            Cli.Result to = Cli.run("copy", file.toString(), wrong.toString());

            for (Cli.Result result : List.of(from, to)) {
                assertThat(result.code()).as(result.toString()).isEqualTo(1);
                assertThat(result.err())
                        .containsPattern("symbolic links|ame too long")
                        .doesNotContain("no such file")
                        .doesNotContain("does not exist");
            }
        }
        assertThat(Cli.run("copy", file.toString(), file + "/x").err())
                .contains(file + " is not a folder");
    }

    @Test
    void shouldPrintNoWrongArgumentThatATerminalObeys() throws IOException {
        Cli.Result result = Cli.run("copy", "--limit", "9\u001b[31mX", "source", "target");

        assertThat(result.code()).as(result.toString()).isEqualTo(2);
        assertThat(result.err()).contains("9\\u001b[31mX").doesNotContain("9\u001b");
    }

    @Test
    void shouldPrintNothingThatATerminalObeys() throws IOException {
        String name = "a\u001b[31m\nb";

        Cli.Result result = Cli.run("copy", folder.resolve(name).toString(), "target");

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains("a\\u001b[31m\\u000ab");
    }

    @Test
    void shouldCopyFilesThatTheCharsetDoesNotHave() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (String name : List.of("a", "\u00fc", "z")) {
            Files.writeString(tree.resolve(name), name);
        }
        Files.createSymbolicLink(tree.resolve("\u00e4"), Path.of("a"));
        Path copy = folder.resolve("copy");

        Cli.Result result = inPlainC("copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        for (String name : List.of("a", "\u00fc", "z")) {
            assertThat(copy.resolve(name)).hasContent(name);
        }
        assertThat(copy.resolve("\u00e4")).isSymbolicLink().hasContent("a");
    }

    @Test
    void shouldNameArgumentThatTheCharsetDoesNotHave() throws IOException {
        Path source = Files.writeString(folder.resolve("\u00fc"), "x");

        Cli.Result from = inPlainC("copy", source.toString(), folder.resolve("a").toString());
        Cli.Result to = inPlainC("copy", "/dev/null", source.toString());

        for (Cli.Result result : List.of(from, to)) {
            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err()).contains("LC_ALL", "C.UTF-8").doesNotContain("unexpected");
        }
    }

    private static Cli.Result inPlainC(String... arguments) throws IOException {
        try (Cli cli = Cli.start(ProcessBuilder.Redirect.PIPE, Map.of("LC_ALL", "C"), arguments)) {
            cli.input().close();
            return cli.await();
        }
    }

    private static int run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return Main.run(new Interruption(), words);
    }
}
