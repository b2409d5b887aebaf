package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    private static int run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return Main.run(new Interruption(), words);
    }
}
