package org.dmaengine.testkit;

import org.dmaengine.EngineOptions;
import org.dmaengine.spi.EngineProvider;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The engine of docs/provider.md, as it stands there, keeps the contract. */
class ExampleEngineContractTest extends EngineContract {
    private static final Path PAGE = Path.of("..", "docs", "provider.md");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir static Path classes;
    private static EngineProvider provider;

    @Override
    protected ContractSubject subject() {
        return ContractSubject.of(provider())
                .withSlow(EngineOptions.defaults().with("chunkMicros", "1000"), 4 << 20)
                .withDeadline(Duration.ofSeconds(5));
    }

    private static synchronized EngineProvider provider() {
        if (provider == null) {
            provider = compile();
        }
        return provider;
    }

    private static EngineProvider compile() {
        try {
            String source = blockOf(Files.readString(PAGE));
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            List<String> options =
                    List.of(
                            "-d",
                            classes.toString(),
                            "-classpath",
                            System.getProperty("java.class.path"),
                            "-proc:none",
                            "-Xlint:all",
                            "-Werror");
            if (!compiler.getTask(null, null, null, options, null, List.of(file(source))).call()) {
                throw new AssertionError("the engine of " + PAGE + " does not compile");
            }
            // Stays open for as long as the engine's classes are used.
            @SuppressWarnings("resource")
            URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
            return (EngineProvider)
                    loader.loadClass("ExampleEngine").getDeclaredConstructor().newInstance();
        } catch (IOException | ReflectiveOperationException broken) {
            throw new AssertionError(broken);
        }
    }

    private static String blockOf(String page) {
        Matcher matcher = JAVA_BLOCK.matcher(page);
        if (!matcher.find()) {
            throw new AssertionError("no Java block in " + PAGE);
        }
        return matcher.group(1);
    }

    private static JavaFileObject file(String source) {
        return new SimpleJavaFileObject(
                URI.create("string:///ExampleEngine.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
