package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

class RenewedJarTest {
    @TempDir Path folder;
    private Path original;
    private Path renewed;

    @BeforeEach
    void renew() throws Exception {
        URI parser = CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        original = Path.of(parser);
        renewed = Files.copy(original, folder.resolve("parser.jar"));
        RenewedJar.renew(renewed);
    }

    @Test
    void shouldLeaveNoClassThatCacheRefuses() throws IOException {
        assertThat(contents(original))
                .as("the reason for all this")
                .anySatisfy((name, bytes) -> assertThat(isTooOld(name, bytes)).isTrue());
        assertThat(contents(renewed))
                .allSatisfy((name, bytes) -> assertThat(isTooOld(name, bytes)).as(name).isFalse());
        assertThat(folder).isDirectoryContaining(path -> path.equals(renewed));
        assertThat(folder.toFile().list()).as("nothing left over").hasSize(1);
    }

    @Test
    void shouldKeepAllElseAsItIs() throws IOException {
        Map<String, byte[]> before = contents(original);
        Map<String, byte[]> after = contents(renewed);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((name, bytes) -> {
            if (!isTooOld(name, bytes)) {
                assertThat(after.get(name)).as(name).isEqualTo(bytes);
            }
        });
    }

    @Test
    void shouldPassVerifier() throws Exception {
        URL[] path = {renewed.toUri().toURL()};
        try (URLClassLoader loader =
                new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            for (String name : contents(renewed).keySet()) {
                if (name.startsWith("picocli/") && name.endsWith(".class")) {
                    String type = name.substring(0, name.length() - 6).replace('/', '.');
                    // Initialized, and so verified: a class that is loaded only is not.
                    assertThat(Class.forName(type, true, loader).getClassLoader()).isSameAs(loader);
                }
            }
        }
    }

    private static boolean isTooOld(String name, byte[] bytes) {
        return name.endsWith(".class")
                && ClassFile.of().parse(bytes).majorVersion() < ClassFile.JAVA_6_VERSION;
    }

    private static Map<String, byte[]> contents(Path path) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (JarFile jar = new JarFile(path.toFile())) {
            for (ZipEntry entry : jar.stream().toList()) {
                contents.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
            }
        }
        return contents;
    }
}
