package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaException;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Proof;
import org.dmaengine.Quarantine;
import org.dmaengine.Transfer;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Runs what the guides show. In their pages a block of Java is a complete program if its first line
 * is {@code // program: Name}; the block of text behind it is what the program prints. A block
 * without that line must be a part of a program of its page.
 */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Path GUIDE = ROOT.resolve("docs/client.md");
    private static final List<Path> PAGES = List.of(ROOT.resolve("README.md"), GUIDE);

    private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern PROGRAM =
            Pattern.compile(
                    "(?ms)^```java\\n(// program:"
                            + " (\\w+)\\n[^`]*?)^```$(.*?^```text\\n(.*?)^```$)?");

    private static final List<String> OPTIONS =
            List.of("--release", "25", "-proc:none", "-Xlint:all", "-Werror");

    @TempDir private Path classes;

    private record Program(Path page, String name, String source, String output) {
        static Stream<Program> of(Path page) {
            return PROGRAM.matcher(read(page)).results().map(match -> of(page, match));
        }

        private static Program of(Path page, MatchResult match) {
            String name = match.group(2);
            String between = match.group(3);
            assertThat(between).as("what %s of %s prints", name, page).isNotNull();
            assertThat(between).as("what %s of %s prints", name, page).doesNotContain("```java");
            return new Program(page, name, match.group(1), match.group(4));
        }

        JavaFileObject file() {
            URI uri = URI.create("string:///" + name + ".java");
            return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return source;
                }
            };
        }
    }

    @TestFactory
    @DisplayName("every program of the guides prints what its page says")
    List<DynamicTest> shouldPrintWhatThePageSays() throws IOException {
        List<Program> programs = PAGES.stream().flatMap(Program::of).toList();
        assertThat(programs).extracting(Program::page).contains(PAGES.toArray(Path[]::new));
        compile(programs);
        return programs.stream()
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> runAndCompare(each)))
                .toList();
    }

    private void compile(List<Program> programs) throws IOException {
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
            List<String> options = new ArrayList<>(OPTIONS);
            options.addAll(List.of("-d", classes.toString()));
            List<JavaFileObject> sources = programs.stream().map(Program::file).toList();
            boolean compiled =
                    compiler.getTask(messages, files, null, options, null, sources).call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    private void runAndCompare(Program program) throws Exception {
        assertThat(run(program))
                .as("%s of %s", program.name, program.page)
                .isEqualTo(program.output);
        assertThat(Quarantine.entries()).as("memory withheld after %s", program.name).isEmpty();
    }

    /** Through the launch protocol of Java 25: {@code main} may be an instance method. */
    private String run(Program program) throws Exception {
        URL[] path = {classes.toUri().toURL()};
        PrintStream console = System.out;
        var printed = new ByteArrayOutputStream();
        try (var loader = new URLClassLoader(path);
                var capture = new PrintStream(printed, true, UTF_8)) {
            Class<?> type = loader.loadClass(program.name);
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Method main = type.getDeclaredMethod("main");
            main.setAccessible(true);
            System.setOut(capture);
            main.invoke(constructor.newInstance());
        } finally {
            System.setOut(console);
        }
        return printed.toString(UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    @DisplayName("every snippet is a part of a program of its page, so that it compiles")
    void shouldTakeEverySnippetFromAProgram() {
        for (Path page : PAGES) {
            String programs = String.join("", Program.of(page).map(Program::source).toList());
            JAVA.matcher(read(page))
                    .results()
                    .map(match -> match.group(1))
                    .forEach(block -> assertThat(flat(programs)).contains(flat(block)));
        }
    }

    private static String flat(String source) {
        return source.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    @DisplayName("the guide states C1 to C18 and names every call, value and exception of a client")
    void shouldNameAllOfTheApi() {
        String guide = read(GUIDE);
        Stream<String> rules = IntStream.rangeClosed(1, 18).mapToObj(rule -> "^- \\*\\*C" + rule);
        Stream<String> calls =
                Stream.of(DmaEngine.class, DmaChannel.class, Transfer.class)
                        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(Method::getName)
                        .filter(name -> !name.equals("toString"));
        Stream<String> values =
                Stream.of(
                                Capability.values(),
                                Flag.values(),
                                Outcome.values(),
                                TransferState.values(),
                                Proof.values(),
                                AbortEffect.values(),
                                Fault.Kind.values(),
                                PrepRefusedException.Reason.values())
                        .flatMap(Arrays::stream)
                        .map(Enum::name);
        Stream<String> exceptions =
                Arrays.stream(DmaException.class.getPermittedSubclasses())
                        .map(Class::getSimpleName);
        assertThat(
                        Stream.of(rules, calls, values, exceptions)
                                .flatMap(words -> words)
                                .filter(word -> !isIn(guide, word)))
                .as("missing in %s", GUIDE)
                .isEmpty();
    }

    private static boolean isIn(String guide, String word) {
        return Pattern.compile("(?m)" + word + "\\b").matcher(guide).find();
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
