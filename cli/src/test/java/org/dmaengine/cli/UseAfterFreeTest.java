package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.dmaengine.Outcome;
import org.dmaengine.Quarantine;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The demonstration, by the bytes that it observed. */
class UseAfterFreeTest {
    private static final String OWNER = "6e6577206f776e657227732064617461";
    private static final String LATE = "4c415445205049504520425954455321";
    private static final int BYTES = 512;

    private final List<String> lines = new ArrayList<>();
    private final DemoSide side = new DemoSide(lines::add);

    @Test
    @DisplayName("E15: stock Java frees what io_uring then writes into")
    void shouldShowLateWriteOfStockJava() {
        try (LateRead demonstration = openOrSkip()) {
            demonstration.showStock(side);
        }

        assertThat(side.isShown()).as(lines.toString()).isTrue();
        assertThat(side.json())
                .containsEntry("refusal", "")
                .containsEntry("inFlight", true)
                .containsEntry("before", OWNER)
                .containsEntry("result", BYTES)
                .containsEntry("after", LATE)
                .containsEntry("changedBytes", BYTES);
    }

    @Test
    @DisplayName("E15: this library refuses to free it, and keeps a mapped arena open")
    void shouldKeepMemoryOfTheReadInFlight() {
        new LibraryRead(side).show();

        assertThat(side.isShown()).as(lines.toString()).isTrue();
        assertThat(side.json())
                .containsEntry("outcome", "ABORTED")
                .containsEntry("movedBytes", 0L)
                .containsEntry("proof", "WORKER_IDLE")
                .containsEntry("refusalLater", "")
                .containsEntry("before", OWNER)
                .containsEntry("keptBytes", (long) BYTES)
                .containsEntry("after", OWNER)
                .containsEntry("changedBytes", 0)
                .containsEntry("mappedRefusalLater", "");
        assertThat(side.json().get("refusal"))
                .asString()
                .startsWith("BuffersInFlightException")
                .contains("STREAM with cookie");
        assertThat(side.json().get("mappedRefusal")).asString().startsWith("IllegalStateException");
        assertThat(Quarantine.entries()).isEmpty();
    }

    @Test
    @DisplayName("E14: stock Java never frees what a read had that did not end well")
    void shouldShowArenasThatStockJavaLoses() {
        try (LostArenas demonstration = LostArenas.open()) {
            demonstration.showStock(side);
        }

        assertThat(side.isShown()).as(lines.toString()).isTrue();
        assertThat(side.json())
                .containsEntry("arenas", 5)
                .containsEntry("unclosable", 4)
                .containsEntry("lostBytes", 4 * BYTES);
        assertThat(refusals()).first().isEqualTo("");
        assertThat(refusals().subList(1, 5))
                .allMatch(refusal -> refusal.startsWith("IllegalStateException"));
    }

    @Test
    @DisplayName("E14: this library frees it, however the read ended")
    void shouldFreeAfterEveryEnding() {
        try (LostArenas demonstration = LostArenas.open()) {
            demonstration.showLibrary(side);
        }

        assertThat(side.isShown()).as(lines.toString()).isTrue();
        assertThat(side.json()).containsEntry("arenas", 5).containsEntry("unclosable", 0);
        assertThat(refusals()).containsOnly("");
        assertThat(fields("result"))
                .containsExactly(
                        "COMPLETE, 512 bytes",
                        "ABORTED, 0 bytes",
                        "ABORTED, 0 bytes",
                        "READ_FAILED, 0 bytes",
                        "READ_FAILED, 0 bytes");
    }

    @Test
    @DisplayName("a read that ends otherwise than its socket is not told as shown")
    void shouldLookAtTheResultOfEachRead() {
        SocketEndings endings = new SocketEndings(side);
        endings.tell(SocketEnding.completed, "READ_FAILED, 0 bytes", Optional.empty());
        endings.tellWrong(SocketEnding.completed);
        endings.conclude();

        assertThat(side.isShown()).isFalse();
        assertThat(side.conclusion()).contains("0 of 1", "[completed]");
    }

    @ParameterizedTest
    @CsvSource({
        "completed, COMPLETE",
        "timedOut, ABORTED",
        "cancelled, ABORTED",
        "closed, READ_FAILED",
        "reset, READ_FAILED"
    })
    void shouldKnowTheResultOfEachEnding(SocketEnding ending, Outcome outcome) {
        for (Outcome each : Outcome.values()) {
            int bytes = each == Outcome.COMPLETE ? BYTES : 0;
            TransferResult result =
                    new TransferResult(1, each, bytes, BYTES - bytes, Optional.empty());
            assertThat(LibrarySockets.isEndOf(ending, result)).isEqualTo(each == outcome);
        }
    }

    @Test
    void shouldGiveUpReadOnlyWithItsOwnResult() throws RingUnavailable {
        openOrSkip().close();
        LinuxCalls linux = LinuxCalls.link();
        try (NativeRing ring = NativeRing.open(linux);
                NativePipe pipe = NativePipe.open(linux);
                Arena arena = Arena.ofShared()) {
            MemorySegment target = arena.allocate(BYTES);
            long read = ring.read(pipe.source(), target.address(), BYTES);
            assertThat(ring.await(read, Duration.ofMillis(1))).isEmpty();

            long cancel = ring.cancel(read);

            assertThat(ring.await(read, Duration.ofSeconds(10))).hasValue(-125);
            assertThat(ring.await(cancel, Duration.ofSeconds(10))).hasValue(0);
            pipe.write(arena.allocate(BYTES).fill((byte) 1));
            assertThat(target.mismatch(arena.allocate(BYTES))).isEqualTo(-1);
        }
    }

    @Test
    void shouldTellInOneObject() throws IOException {
        String reason = whyNoRing();
        Cli.Result result = Cli.run("demo", "use-after-free", "--json");

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.json())
                .containsEntry("demo", "use-after-free")
                .containsEntry("with", reason.isEmpty() ? "io_uring" : "socket")
                .containsEntry("reason", reason)
                .containsEntry("shown", true);
        for (String side : List.of("stock", "library")) {
            assertThat(result.json().get(side))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("shown", true);
        }
    }

    @Test
    @DisplayName("where Java may not call io_uring, it says so and shows the sockets")
    void shouldFallBackAndTellWhy() throws Exception {
        Map<String, Object> object = Json.parse(runWithoutNativeAccess(0)).orElseThrow();

        assertThat(object).containsEntry("with", "socket").containsEntry("shown", true);
        assertThat(object.get("reason"))
                .asString()
                .contains("--enable-native-access=org.dmaengine.cli");
        assertThat(runWithoutNativeAccess(1, "--with", "io_uring")).isEmpty();
    }

    private static String runWithoutNativeAccess(int code, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--illegal-native-access=deny",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "demo",
                                "use-after-free",
                                "--json"));
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(code);
        return out.strip();
    }

    @Test
    void shouldNameReasonAndRemedy() {
        assertThat(NativeRing.reason(38, "")).contains("ENOSYS");
        assertThat(NativeRing.reason(1, "0")).contains("seccomp");
        assertThat(NativeRing.reason(1, "2")).contains("kernel.io_uring_disabled", "now 2");
        assertThat(NativeRing.reason(12, "0")).contains("ulimit -l");
        assertThat(NativeRing.reason(24, "0")).contains("24");
    }

    @Test
    @DisplayName("what was not observed is not told, and ends with 1")
    void shouldSayIfItWasNotShown() {
        assertThat(show(stock -> stock.expect(true), library -> library.expect(true))).isZero();
        assertThat(show(stock -> stock.expect(false), library -> library.expect(true))).isOne();
        assertThat(show(stock -> stock.expect(true), library -> library.expect(false))).isOne();
    }

    private static int show(Consumer<DemoSide> stock, Consumer<DemoSide> library) {
        Demonstration fake =
                new Demonstration() {
                    @Override
                    public DemoVariant variant() {
                        return DemoVariant.socket;
                    }

                    @Override
                    public String stock() {
                        return "none";
                    }

                    @Override
                    public String library() {
                        return "none";
                    }

                    @Override
                    public void showStock(DemoSide side) {
                        stock.accept(side);
                        side.conclude("that");
                    }

                    @Override
                    public void showLibrary(DemoSide side) {
                        library.accept(side);
                        side.conclude("this");
                    }

                    @Override
                    public void close() {}
                };
        return new UseAfterFreeCommand(new Interruption()).show(fake, "");
    }

    @Test
    void shouldNotOverlookAByte() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BYTES);
            DemoBytes.OWNER.fill(memory);
            assertThat(DemoBytes.OWNER.differing(memory)).isZero();
            assertThat(DemoBytes.LATE.differing(memory)).isEqualTo(BYTES);
            memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, BYTES - 1, (byte) 0);
            assertThat(DemoBytes.OWNER.differing(memory)).isOne();
        }
    }

    @Test
    void shouldAskWhichAndKnowItsOptions() {
        assertThat(Main.run(new Interruption(), "demo")).isEqualTo(2);
        assertThat(Main.run(new Interruption(), "demo", "--help")).isZero();
        assertThat(Main.run(new Interruption(), "demo", "use-after-free", "--help")).isZero();
        assertThat(Main.run(new Interruption(), "demo", "use-after-free", "--with", "luck"))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("README.md and docs/cli.md show what is really printed")
    void shouldPrintWhatThePagesShow() throws IOException {
        assertThat(printed("--with", "socket")).isEqualTo(shownIn("docs/cli.md"));
        openOrSkip().close();
        assertThat(printed("--with", "io_uring")).isEqualTo(shownIn("README.md"));
    }

    private static String printed(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("demo", "use-after-free"));
        arguments.addAll(List.of(options));
        Cli.Result result = Cli.run(arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.toString()).isZero();
        return withoutWhatVaries(result.out());
    }

    private static String shownIn(String page) throws IOException {
        Matcher block =
                Pattern.compile("(?ms)^```text\\n(stock Java .*?)^```$")
                        .matcher(Files.readString(Path.of("..", page)));
        assertThat(block.find()).as("a demonstration in %s", page).isTrue();
        return withoutWhatVaries(block.group(1));
    }

    private static String withoutWhatVaries(String output) {
        return output.replaceAll("0x[0-9a-f]+ *", "ADDRESS ")
                .replaceAll("stock Java [^:]*", "stock Java VERSION");
    }

    private List<String> refusals() {
        return fields("refusal");
    }

    private List<String> fields(String name) {
        return ((List<?>) side.json().get("endings"))
                .stream().map(ending -> (String) ((Map<?, ?>) ending).get(name)).toList();
    }

    private static LateRead openOrSkip() {
        try {
            return LateRead.open();
        } catch (RingUnavailable unavailable) {
            Output.note("skipped, no io_uring: " + unavailable.reason());
            return abort(unavailable.reason());
        }
    }

    private static String whyNoRing() {
        try (LateRead demonstration = LateRead.open()) {
            assertThat(demonstration.variant()).isEqualTo(DemoVariant.io_uring);
            return "";
        } catch (RingUnavailable unavailable) {
            return unavailable.reason();
        }
    }
}
