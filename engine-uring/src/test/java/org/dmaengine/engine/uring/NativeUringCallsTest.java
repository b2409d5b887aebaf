package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Each call does in this kernel what its name says. */
class NativeUringCallsTest {
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFIFO = 0010000;
    private static final int O_ACCMODE = 3;

    private static UringCalls calls;

    @TempDir private Path folder;

    @BeforeAll
    static void link() {
        calls = LinkedCalls.orSkip();
    }

    @Test
    void shouldCompleteNothingInRing() {
        Availability.assume();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(IoUring.PARAMS_SIZE, Long.BYTES);
            int ring = calls.setup(4, parameters);
            assertThat(ring).isNotNegative();
            long ringBytes = parameters.get(ValueLayout.JAVA_INT, IoUring.PARAMS_CQ_OFF_CQES) + 64L;
            long address = calls.map(ring, IoUring.IORING_OFF_SQ_RING, ringBytes);
            assertThat(address).isPositive();
            MemorySegment view = calls.view(address, ringBytes);
            int mask = parameters.get(ValueLayout.JAVA_INT, IoUring.PARAMS_SQ_OFF_RING_MASK);
            assertThat(view.byteSize()).isEqualTo(ringBytes);
            assertThat(view.get(ValueLayout.JAVA_INT, mask)).isEqualTo(3);

            // An entry of zeros is a NOP, and the array names entry 0.
            int tail = parameters.get(ValueLayout.JAVA_INT, IoUring.PARAMS_SQ_OFF_TAIL);
            view.set(ValueLayout.JAVA_INT, tail, 1);
            int flags = IoUring.IORING_ENTER_GETEVENTS;
            assertThat(calls.enter(ring, 1, 1, flags, MemorySegment.NULL)).isEqualTo(1);
            int completed = parameters.get(ValueLayout.JAVA_INT, IoUring.PARAMS_CQ_OFF_TAIL);
            assertThat(view.get(ValueLayout.JAVA_INT, completed)).isEqualTo(1);

            assertThat(calls.unmap(address, ringBytes)).isZero();
            assertThat(calls.close(ring)).isZero();
        }
    }

    @Test
    void shouldTakeTimeoutOfWaiting() {
        Availability.assume();
        try (Arena arena = Arena.ofConfined()) {
            int ring = calls.setup(4, arena.allocate(IoUring.PARAMS_SIZE, Long.BYTES));
            MemorySegment timespec = arena.allocate(IoUring.TIMESPEC_SIZE, Long.BYTES);
            timespec.set(ValueLayout.JAVA_LONG, IoUring.TIMESPEC_NSEC, 1_000_000);
            MemorySegment argument = arena.allocate(IoUring.GETEVENTS_ARG_SIZE, Long.BYTES);
            argument.set(ValueLayout.JAVA_LONG, IoUring.GETEVENTS_ARG_TS, timespec.address());
            int flags = IoUring.IORING_ENTER_GETEVENTS | IoUring.IORING_ENTER_EXT_ARG;

            assertThat(calls.enter(ring, 0, 1, flags, argument)).isEqualTo(-Errno.ETIME);

            assertThat(calls.close(ring)).isZero();
        }
    }

    @Test
    void shouldProbeByRegister() {
        Availability.assume();
        try (Arena arena = Arena.ofConfined()) {
            int ring = calls.setup(4, arena.allocate(IoUring.PARAMS_SIZE, Long.BYTES));
            MemorySegment probe =
                    arena.allocate(IoUring.PROBE_SIZE + 4 * IoUring.PROBE_OP_SIZE, Long.BYTES);

            assertThat(calls.register(ring, IoUring.IORING_REGISTER_PROBE, probe, 4)).isZero();

            assertThat(probe.get(ValueLayout.JAVA_BYTE, IoUring.PROBE_OPS_LEN)).isEqualTo((byte) 4);
            assertThat(calls.close(ring)).isZero();
        }
    }

    @Test
    void shouldAddOneToEventDescriptor() throws Exception {
        int event = calls.eventfd(0, false);
        calls.signal(event);
        calls.signal(event);

        assertThat(information(event, "eventfd-count:")).isEqualTo("2");
        assertThat(Long.parseLong(information(event, "flags:"), 8) & 02000000)
                .as("O_CLOEXEC")
                .isNotZero();
        assertThat(calls.close(event)).isZero();
        assertThat(calls.close(event)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldDuplicateOpenFile() throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "bytes");
        int copy;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            copy = calls.duplicate(calls.descriptorOf(channel));
        }

        assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + copy)))
                .isEqualTo(path.toRealPath());
        assertThat(Long.parseLong(information(copy, "flags:"), 8) & 02000000)
                .as("O_CLOEXEC")
                .isNotZero();
        assertThat(calls.close(copy)).isZero();
    }

    @Test
    void shouldTellKindAndDirection() throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        Pipe pipe = Pipe.open();
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE);
                var source = pipe.source();
                var sink = pipe.sink()) {
            sink.write(ByteBuffer.allocate(1));
            int file = calls.descriptorOf(channel);
            int read = calls.descriptorOf(source);
            assertThat(calls.mode(file)).isEqualTo((int) Files.getAttribute(path, "unix:mode"));
            assertThat(calls.mode(file) & S_IFMT).isEqualTo(S_IFREG);
            assertThat(calls.mode(read) & S_IFMT).isEqualTo(S_IFIFO);
            assertThat(calls.openFlags(file) & O_ACCMODE).as("O_WRONLY").isEqualTo(1);
            assertThat(calls.openFlags(read) & O_ACCMODE).as("O_RDONLY").isZero();
        }
    }

    @Test
    void shouldAnswerWithNumberOfError() {
        assertThat(calls.setup(4, MemorySegment.NULL)).isEqualTo(-Errno.EFAULT);
        // Not -1, which register takes for "no ring at all".
        int none = Integer.MAX_VALUE;
        assertThat(calls.enter(none, 0, 0, 0, MemorySegment.NULL)).isEqualTo(-Errno.EBADF);
        assertThat(calls.register(none, 0, MemorySegment.NULL, 0)).isEqualTo(-Errno.EBADF);
        assertThat(calls.map(-1, 0, 4096)).isEqualTo(-Errno.EBADF);
        assertThat(calls.unmap(1, 4096)).isEqualTo(-Errno.EINVAL);
        assertThat(calls.signal(-1)).isEqualTo(-Errno.EBADF);
        assertThat(calls.close(-1)).isEqualTo(-Errno.EBADF);
        assertThat(calls.duplicate(-1)).isEqualTo(-Errno.EBADF);
        assertThat(calls.openFlags(-1)).isEqualTo(-Errno.EBADF);
        assertThat(calls.mode(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldNotMixUpErrorsOfThreads() throws Exception {
        Callable<Integer> badDescriptor = () -> wrong(() -> calls.close(-1), -Errno.EBADF);
        Callable<Integer> badAddress = () -> wrong(() -> calls.unmap(1, 1), -Errno.EINVAL);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            tasks.add(badDescriptor);
            tasks.add(badAddress);
        }
        try (var virtual = Executors.newVirtualThreadPerTaskExecutor();
                var platform = Executors.newFixedThreadPool(4)) {
            for (var pool : List.of(virtual, platform)) {
                for (var answer : pool.invokeAll(tasks)) {
                    assertThat(answer.get()).isZero();
                }
            }
        }
    }

    @Test
    void shouldSayHowToAllowForeignCalls() throws Exception {
        assertThat(OtherJava.run(folder, "--illegal-native-access=deny"))
                .contains("--enable-native-access=ALL-UNNAMED")
                .endsWith("exit 0");
    }

    private static int wrong(Callable<Integer> call, int right) throws Exception {
        int wrong = 0;
        for (int n = 0; n < 500; n++) {
            wrong += call.call() == right ? 0 : 1;
        }
        return wrong;
    }

    private static String information(int descriptor, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).trim())
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName(
            "C12: calls that are made first where a client's stack ends work later all the same")
    void shouldWorkBehindEndOfStack() throws Exception {
        String[] options = {"--enable-native-access=ALL-UNNAMED", "-XX:MaxJavaStackTraceDepth=20"};
        assertThat(OtherJava.run(StackEnd.class, folder, options)).isEqualTo("works\nexit 0");
    }
}
