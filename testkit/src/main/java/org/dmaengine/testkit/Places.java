package org.dmaengine.testkit;

import org.dmaengine.DmaEngine;
import org.dmaengine.Operation;
import org.dmaengine.OwnedTransfer;
import org.dmaengine.spi.ChannelBackend;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where one channel was requested, and where its transfers were prepared and issued: the lines of
 * the user's code. Guarded by itself.
 */
final class Places {
    // Whoever leaves something behind left it lately.
    private static final int REMEMBERED_MAX = 10_000;

    private static final Set<String> LIBRARY =
            Set.of(DmaEngine.class.getPackageName(), ChannelBackend.class.getPackageName());
    private static final Set<Class<?>> WATCHERS =
            Set.of(Places.class, WatchedEngine.class, WatchedChannel.class, SimulationBench.class);

    /** One prepared operation; its ticket once the engine has taken it. */
    private static final class Prepared {
        final Operation operation;
        final String place;
        long ticket;

        Prepared(Operation operation, String place) {
            this.operation = operation;
            this.place = place;
        }
    }

    private final String channel;
    private final String requestedAt = caller();
    private final Deque<Prepared> newestFirst = new ArrayDeque<>();
    private @Nullable String issuedAt;

    /** To be called while the user requests the channel. */
    Places(String channel) {
        this.channel = channel;
    }

    String channel() {
        return channel;
    }

    String requestedAt() {
        return requestedAt;
    }

    /** While the user prepares it. */
    synchronized void prepared(Operation operation) {
        newestFirst.addFirst(new Prepared(operation, caller()));
        if (newestFirst.size() > REMEMBERED_MAX) {
            newestFirst.removeLast();
        }
    }

    /** While the user issues it, if it is not the library that goes on by itself. */
    synchronized void issued() {
        issuedAt = user().orElse(issuedAt);
    }

    // The very one that was prepared: there may be others that are equal.
    @SuppressWarnings("ReferenceEquality")
    synchronized void taken(long ticket, Operation operation) {
        for (Prepared each : newestFirst) {
            if (each.operation == operation) {
                each.ticket = ticket;
                return;
            }
        }
    }

    /** Where the transfer comes from, as well as that is known. */
    synchronized String of(OwnedTransfer transfer) {
        return newestFirst.stream()
                .filter(each ->
                        each.ticket == transfer.cookie()
                                || (each.ticket == 0
                                        && memoryOf(each.operation).equals(transfer.buffers())))
                .findFirst()
                .map(each -> "prepared at " + each.place)
                .orElseGet(this::lastIssue);
    }

    /** The same for a transfer that has ended. */
    synchronized String of(long cookie) {
        return newestFirst.stream()
                .filter(each -> each.ticket == cookie)
                .findFirst()
                .map(each -> "prepared at " + each.place)
                .orElseGet(this::lastIssue);
    }

    private String lastIssue() {
        return issuedAt == null ? "never issued" : "last issued at " + issuedAt;
    }

    private static List<MemorySegment> memoryOf(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy copy ->
                    List.of(
                            copy.target().asSlice(copy.targetOffset(), copy.lengthBytes()),
                            copy.source().asSlice(copy.sourceOffset(), copy.lengthBytes()));
            case Operation.Memset fill -> List.of(fill.target());
            case Operation.PeripheralSg scatter -> scatter.segments();
            case Operation.Cyclic cyclic -> List.of(cyclic.ring());
            case Operation.Interleaved strided ->
                    List.of(strided.template().target(), strided.template().source());
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> List.of();
        };
    }

    /** The innermost line that is none of the library. */
    private static String caller() {
        return user().orElse("a thread of the library");
    }

    private static Optional<String> user() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames ->
                        frames.filter(frame -> isOfUser(frame.getDeclaringClass()))
                                .findFirst()
                                .map(frame -> frame.toStackTraceElement().toString()));
    }

    private static boolean isOfUser(Class<?> type) {
        return !LIBRARY.contains(type.getPackageName())
                && !type.getPackageName().startsWith("java.")
                && !type.getPackageName().startsWith("org.dmaengine.engine.")
                && !WATCHERS.contains(type.getNestHost());
    }
}
