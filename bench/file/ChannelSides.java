import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the JDK has. */
final class ChannelSides {
    private ChannelSides() {}

    /** One thread, and one call at a time. */
    static Side fileChannel(Access access) throws IOException {
        FileChannel file = FileChannel.open(access.file(), access.options());
        ByteBuffer buffer = access.buffer();
        Access.Offsets offsets = new Access.Offsets(access);
        return new Side() {
            @Override
            public Figure run(double seconds) throws Exception {
                return Side.measure(seconds, this::call);
            }

            private long call(long endNanos) throws IOException {
                long done = 0;
                while (System.nanoTime() < endNanos) {
                    buffer.clear().limit(access.block());
                    int bytes =
                            access.writing()
                                    ? file.write(buffer, offsets.next())
                                    : file.read(buffer, offsets.next());
                    if (bytes != access.block()) {
                        throw new IOException("moved " + bytes);
                    }
                    done++;
                }
                return done;
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    /** On a pool with a thread for each processor, at the depth. */
    static Side asynchronous(Access access) throws IOException {
        ExecutorService pool =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        AsynchronousFileChannel file =
                AsynchronousFileChannel.open(access.file(), access.options(), pool);
        Access.Offsets offsets = new Access.Offsets(access);
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < access.depth(); i++) {
            buffers.add(access.buffer());
        }
        return new Side() {
            @Override
            public Figure run(double seconds) throws Exception {
                return Side.measure(seconds, this::call);
            }

            private long call(long endNanos) throws Exception {
                List<Future<Integer>> running = new ArrayList<>();
                for (ByteBuffer each : buffers) {
                    running.add(begin(each));
                }
                long done = 0;
                for (int i = 0; System.nanoTime() < endNanos; i = (i + 1) % buffers.size()) {
                    done += end(running.get(i));
                    running.set(i, begin(buffers.get(i)));
                }
                for (Future<Integer> each : running) {
                    done += end(each);
                }
                return done;
            }

            private Future<Integer> begin(ByteBuffer buffer) {
                buffer.clear().limit(access.block());
                return access.writing()
                        ? file.write(buffer, offsets.next())
                        : file.read(buffer, offsets.next());
            }

            private int end(Future<Integer> running) throws Exception {
                if (running.get() != access.block()) {
                    throw new IOException("moved " + running.get());
                }
                return 1;
            }

            @Override
            public void close() throws IOException {
                file.close();
                pool.close();
            }
        };
    }
}
