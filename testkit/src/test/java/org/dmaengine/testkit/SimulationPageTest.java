package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The test of docs/simulation.md passes as it stands there, and fails code that does not wait. */
class SimulationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "simulation.md");
    private static final Pattern TEST =
            Pattern.compile("(?ms)^```java\\n(// test: (\\w+)\\n.*?)^```$");

    private static final String WAITS = "return channel.terminateSync();";
    private static final String DOES_NOT_WAIT =
            "channel.terminateAsync(); return channel.synchronize(Duration.ZERO).receipt();";
    private static final String MODEL = ", model = \"slowToStop\"";

    @TempDir private Path classes;

    @Test
    void shouldPassAsItStandsThere() throws Exception {
        run(source()).assertStatistics(events -> events.started(51).succeeded(51));
    }

    @Test
    void shouldFailCodeThatDoesNotWait() throws Exception {
        assertThat(source()).contains(WAITS);
        Events tests = run(source().replace(WAITS, DOES_NOT_WAIT));
        assertThat(tests.failed().count()).as("seeds that show it").isGreaterThan(10);
        assertThat(tests.failed().list())
                .allSatisfy(failed ->
                        assertThat(failed.toString()).contains("written after it was free"));
    }

    @Test
    void shouldFailItOnHardwareOfNoSpecialModel() throws Exception {
        assertThat(source()).contains(MODEL);
        Events tests = run(source().replace(WAITS, DOES_NOT_WAIT).replace(MODEL, ""));
        assertThat(tests.failed().count()).as("seeds that show it").isPositive();
        assertThat(tests.failed().list())
                .allSatisfy(failed ->
                        assertThat(failed.toString()).contains("written after it was free"));
    }

    private static String source() throws IOException {
        return matcher().group(1);
    }

    private static Matcher matcher() throws IOException {
        Matcher matcher = TEST.matcher(Files.readString(PAGE));
        assertThat(matcher.find()).as("a test in %s", PAGE).isTrue();
        return matcher;
    }

    private Events run(String source) throws Exception {
        String name = matcher().group(2);
        compile(name, source);
        URL[] path = {classes.toUri().toURL()};
        try (var loader = new URLClassLoader(path)) {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(loader.loadClass(name)))
                    .execute()
                    .testEvents();
        }
    }

    private void compile(String name, String source) throws IOException {
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of(
                        "--release",
                        "25",
                        "-proc:none",
                        "-Xlint:all",
                        "-Werror",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString());
        try (var files = compiler.getStandardFileManager(null, null, UTF_8)) {
            boolean compiled =
                    compiler.getTask(messages, files, null, options, null, List.of(file)).call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }
}
