package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.EngineOptions;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Parts too small for a file of their own. */
class SmallPartsTest {
    @Test
    void shouldReadSizes() {
        assertThat(Size.parse("0").bytes()).isZero();
        assertThat(Size.parse("4096").bytes()).isEqualTo(4096);
        assertThat(Size.parse("64k").bytes()).isEqualTo(64 << 10);
        assertThat(Size.parse("2G").bytes()).isEqualTo(2L << 30);
        for (String wrong : new String[] {"", "K", "1T", "-1", "1.5M", "9999999999G"}) {
            assertThatThrownBy(() -> Size.parse(wrong))
                    .as(wrong)
                    .isInstanceOfAny(NumberFormatException.class, ArithmeticException.class);
        }
    }

    @Test
    void shouldSplitEngineChoice() {
        assertThat(EngineChoice.name("cpu")).isEqualTo("cpu");
        assertThat(EngineChoice.name("cpu:a=1,b=2")).isEqualTo("cpu");
        assertThat(EngineChoice.options(EngineOptions.defaults(), "cpu:a=1,b=x=y").properties())
                .isEqualTo(Map.of("a", "1", "b", "x=y"));
        assertThatThrownBy(() -> EngineChoice.options(EngineOptions.defaults(), "cpu:a"))
                .hasMessageContaining("option=value");
    }

    @Test
    void shouldTakeUmaskFromMode() {
        var all = PosixFilePermissions.fromString("rwxrwxrwx");
        assertThat(Umask.applyTo(all, Umask.permissions(0027)))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
        assertThat(Umask.applyTo(all, Umask.permissions(0))).isEqualTo(all);
        assertThat(Umask.applyTo(Set.of(), Umask.permissions(0022))).isEmpty();
    }

    @Test
    void shouldKeepNamesOfSiblingsInBounds() {
        Path target = Path.of("folder", "ü".repeat(120));

        assertThat(Siblings.partial(target).getParent()).isEqualTo(Path.of("folder"));
        assertThat(
                        Siblings.partial(target)
                                .getFileName()
                                .toString()
                                .getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(255);
        assertThat(Siblings.partial(target))
                .isNotEqualTo(Siblings.partial(Path.of("folder", "ü".repeat(121))));
    }

    @Test
    void shouldGiveNoTwoNamesTheSameSiblings() {
        String cut = "\uD83D\uDE00".repeat(60);
        Path hashed = Siblings.partial(Path.of(cut)).getFileName();
        String hashedStem = hashed.toString().substring(1, hashed.toString().indexOf(".dma"));
        Set<Path> partials = new HashSet<>();
        Set<Path> journals = new HashSet<>();
        List<Path> names =
                List.of(
                        Path.of(cut),
                        Path.of("x" + cut),
                        Path.of("x" + cut + "y"),
                        Path.of(hashedStem),
                        ofBytes("%EF%BF%BD"),
                        ofBytes("%E9"),
                        ofBytes("%E8"),
                        ofBytes("%E9%E8"),
                        Path.of("_"));

        names.forEach(name -> {
            partials.add(Siblings.partial(name));
            journals.add(Siblings.journal(name));
        });

        assertThat(partials).hasSameSizeAs(names);
        assertThat(journals).hasSameSizeAs(names);
        // No half of a surrogate pair: that could not be written.
        assertThat(partials).noneMatch(name -> name.toString().contains("?"));
        assertThat(Siblings.partial(Path.of("plain.txt")))
                .isEqualTo(Path.of(".plain.txt.dmaengine-partial"));
        assertThat(Siblings.partial(Path.of("/a/b").resolve(ofBytes("%E9"))).getFileName())
                .isEqualTo(Siblings.partial(ofBytes("%E9")));
    }

    /** A name as a file system of another encoding has it. */
    private static Path ofBytes(String escaped) {
        return Path.of(URI.create("file:///" + escaped)).getFileName();
    }

    @Test
    void shouldKnowASourceAgainWhoseFileSystemIsMountedAnew() {
        FileTime then = FileTime.fromMillis(1);
        SourceIdentity source = new SourceIdentity(5, then, "(dev=fe00,ino=42)");
        SourceIdentity mountedAnew = new SourceIdentity(5, then, "(dev=fe01,ino=42)");
        SourceIdentity another = new SourceIdentity(5, then, "(dev=fe00,ino=142)");
        Map<String, Object> ofEarlierVersion = source.toJson();
        ofEarlierVersion.put("file", "(dev=fe00,ino=42)");

        for (Map<String, Object> entry : List.of(source.toJson(), ofEarlierVersion)) {
            assertThat(source.matches(entry)).isTrue();
            assertThat(mountedAnew.matches(entry)).isTrue();
            assertThat(another.matches(entry)).isFalse();
        }
        assertThat(source.isSameAs(mountedAnew)).as("while one copy runs").isFalse();
    }

    @Test
    void shouldTellProgressOnTerminalOnly() {
        AtomicLong clock = new AtomicLong();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Progress silent = new Progress(stream, false, clock::get);
        Progress shown = new Progress(stream, true, clock::get);
        silent.expect(100 << 20);
        shown.expect(100 << 20);
        clock.set(1_000_000_000);
        silent.advance(50 << 20);
        silent.erase();
        assertThat(bytes.size()).isZero();

        shown.advance(50 << 20);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("50.0 MiB of 100.0 MiB  50 %  50.0 MiB/s  0:01 left");
    }

    @Test
    void shouldUseColorOnlyWhereWanted() {
        assertThat(Terminal.wantsColor(Map.of("TERM", "xterm"), true)).isTrue();
        assertThat(Terminal.wantsColor(Map.of("TERM", "xterm"), false)).isFalse();
        assertThat(Terminal.wantsColor(Map.of("NO_COLOR", "1"), true)).isFalse();
        assertThat(Terminal.wantsColor(Map.of("TERM", "dumb"), true)).isFalse();
        assertThat(Terminal.isTerminalName("/dev/pts/3")).isTrue();
        assertThat(Terminal.isTerminalName("/dev/null")).isFalse();
        assertThat(Terminal.isTerminalName("pipe:[123]")).isFalse();
    }

    @Test
    void shouldRestUntilTheRateIsMet() {
        AtomicLong clock = new AtomicLong();
        RateLimit limit = new RateLimit(1000, clock::get);

        assertThat(limit.restNanos(500)).isZero();
        assertThat(limit.restNanos(500)).isEqualTo(500_000_000);
        clock.set(2_000_000_000);
        assertThat(limit.restNanos(500)).isZero();
        assertThat(new RateLimit(0, clock::get).restNanos(1 << 30)).isZero();
    }

    @Test
    void shouldMakeUpForASecondAtMost() {
        AtomicLong clock = new AtomicLong();
        RateLimit limit = new RateLimit(1000, clock::get);
        clock.set(3_600_000_000_000L);

        assertThat(limit.restNanos(1000)).isZero();
        assertThat(limit.restNanos(1000)).as("a second's worth was made up for").isZero();
        assertThat(limit.restNanos(1000)).isEqualTo(1_000_000_000);
    }

    @Test
    void shouldCountWhatComesAndNotWhatDoesNot() {
        AtomicLong clock = new AtomicLong();
        RateLimit limit = new RateLimit(1000, clock::get);

        limit.count(500);
        assertThat(limit.restNanos(1000)).isEqualTo(500_000_000);
        limit.count(-1000);
        assertThat(limit.restNanos(0)).isEqualTo(500_000_000);
    }

    @Test
    void shouldTellOfRequestOnceAlsoWhenLate() {
        Interruption interruption = new Interruption();
        AtomicInteger told = new AtomicInteger();
        interruption.onRequest(told::incrementAndGet);
        assertThat(interruption.isRequested()).isFalse();

        interruption.request();
        interruption.onRequest(told::incrementAndGet);

        assertThat(interruption.isRequested()).isTrue();
        assertThat(told).hasValue(2);
    }
}
