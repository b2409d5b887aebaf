package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.dmaengine.spi.Scheduler;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * One channel on a {@link ManualEngine}, its callbacks on a {@link ManualExecutor}, its clock a
 * {@link ManualTime}: nothing moves unless the test moves it. Closing it cranks the engine empty
 * and looks that every transfer got exactly one outcome, and that no thread of the test threw.
 */
final class Bench implements AutoCloseable {
    static final int LENGTH_BYTES = 64;
    static final Duration DEADLINE = Duration.ofSeconds(20);

    final ManualEngine provider;
    final DmaEngine engine;
    final ManualTime time = new ManualTime();
    final ManualExecutor callbacks = new ManualExecutor();
    final List<Fault> faults = new CopyOnWriteArrayList<>();
    final DmaArena arena = DmaArena.open();
    final MemorySegment source;
    final MemorySegment target;
    final DmaChannel channel;
    final ManualBackend backend;

    /** Cookies whose callback ran, in that order. */
    final List<Long> called = new CopyOnWriteArrayList<>();

    private final List<Transfer> transfers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    // What they threw.
    private final List<Throwable> thrown = new CopyOnWriteArrayList<>();

    Bench() {
        this(request -> request);
    }

    Bench(UnaryOperator<ChannelRequest> customise) {
        this(ManualEngine.ofChannels(4), customise);
    }

    Bench(ManualEngine provider, UnaryOperator<ChannelRequest> customise) {
        this(provider, customise, Optional.empty());
    }

    /** One whose deadlines pass by themselves. */
    static Bench onRealTime() {
        return new Bench(
                ManualEngine.ofChannels(4), request -> request, Optional.of(Scheduler.system()));
    }

    private Bench(
            ManualEngine provider,
            UnaryOperator<ChannelRequest> customise,
            Optional<Scheduler> otherTime) {
        this.provider = provider;
        engine =
                DmaEngines.open(
                        provider,
                        EngineOptions.defaults()
                                .withFaults(faults::add)
                                .withScheduler(otherTime.orElse(time)));
        source = arena.allocate(LENGTH_BYTES);
        target = arena.allocate(LENGTH_BYTES);
        channel = request(customise);
        backend = provider.channels.getFirst();
    }

    DmaChannel request(UnaryOperator<ChannelRequest> customise) {
        Capability[] all =
                EnumSet.copyOf(engine.description().capabilities()).toArray(Capability[]::new);
        return engine.requestChannel(
                customise.apply(ChannelRequest.of(all).withCallbackExecutor(callbacks)));
    }

    Descriptor prep(Flag... flags) {
        return channel.prepMemcpy(target, source, flags);
    }

    /** Submits a copy that notes its callback in {@link #called}. */
    Transfer submit() {
        return submit(prep().onComplete(result -> called.add(result.cookie())));
    }

    Transfer submit(Descriptor descriptor) {
        Transfer transfer = channel.submit(descriptor);
        transfers.add(transfer);
        return transfer;
    }

    /** Submits and issues; the engine has not taken it. */
    Transfer issue() {
        Transfer transfer = submit();
        channel.issuePending();
        return transfer;
    }

    /** The engine has it. */
    Transfer start() {
        Transfer transfer = issue();
        assertThat(backend.take()).containsExactly(transfer.cookie());
        return transfer;
    }

    /** The engine has it, with memory of this arena. */
    Transfer startOn(DmaArena itsArena) {
        Transfer transfer = submit(channel.prepMemcpy(itsArena.allocate(8), itsArena.allocate(8)));
        channel.issuePending();
        backend.take();
        return transfer;
    }

    /** It ended, and its callback waits to be claimed. */
    Transfer complete() {
        Transfer transfer = start();
        backend.complete(transfer.cookie());
        return transfer;
    }

    /** A callback that runs, on a thread of its own, until it is let go. */
    record BlockedCallback(Transfer transfer, CountDownLatch leave, Thread runner) {
        void release() {
            leave.countDown();
            join(runner);
        }
    }

    /** A transfer has ended, and its callback does not return before {@code leave}. */
    BlockedCallback blockedCallback() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Transfer transfer =
                submit(
                        prep().onComplete(result -> {
                            inside.countDown();
                            await(leave);
                        }));
        channel.issuePending();
        backend.take();
        backend.completeAll();
        Thread runner = thread(callbacks::run);
        await(inside);
        return new BlockedCallback(transfer, leave, runner);
    }

    /** A thread that is joined when the bench is closed. What it throws fails the test then. */
    Thread thread(Runnable body) {
        Thread thread =
                Thread.ofPlatform().name("test-client").daemon(true).start(() -> collect(body));
        threads.add(thread);
        return thread;
    }

    private void collect(Runnable body) {
        try {
            body.run();
        } catch (Throwable any) {
            thrown.add(any);
        }
    }

    /** A thread that has begun to wait in the library. */
    Thread waiting(Runnable body) {
        Thread thread = thread(body);
        Awaitility.await().atMost(DEADLINE).until(() -> time.isParked(thread) || !thread.isAlive());
        return thread;
    }

    static void join(Thread thread) {
        try {
            // Its answer, not isAlive(): that one may say yes for a moment longer.
            assertThat(thread.join(DEADLINE)).as("%s has ended", thread).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Until requests are refused, though those under way may still go on. */
    static void awaitClosing(DmaEngine engine) {
        Awaitility.await()
                .atMost(DEADLINE)
                .until(() -> {
                    try {
                        engine.requestChannel(
                                ChannelRequest.of(Capability.MEMCPY).withFilter(info -> false));
                        return false;
                    } catch (NoCapableChannelException notYet) {
                        return false;
                    } catch (ChannelClosedException closing) {
                        return true;
                    }
                });
    }

    List<Fault.Kind> faultKinds() {
        return faults.stream().map(Fault::kind).toList();
    }

    void expectNoFaults() {
        assertThat(faults).isEmpty();
    }

    static Map<Long, Outcome> outcomes(Receipt receipt) {
        Map<Long, Outcome> outcomes = new TreeMap<>();
        for (Receipt.Entry entry : receipt.entries()) {
            assertThat(outcomes.put(entry.cookie(), entry.outcome()))
                    .as("cookie %d is listed twice", entry.cookie())
                    .isNull();
        }
        return outcomes;
    }

    @Override
    public void close() {
        for (ManualBackend each : provider.channels) {
            each.onAbort = () -> {};
            each.onResume = () -> {};
            each.onPause = () -> true;
            each.onSynchronize = deadlineNanos -> true;
        }
        callbacks.runAtOnce();
        engine.channels().forEach(DmaChannel::terminateAsync);
        provider.channels.forEach(ManualBackend::abortAll);
        threads.forEach(Bench::join);
        join(thread(engine::close));
        assertThat(engine.channels()).as("channels left open").isEmpty();
        assertThat(engine.quarantine()).isEmpty();
        transfers.forEach(each -> assertThat(each.result()).as("%s", each).isPresent());
        arena.close();
        assertThat(thrown).as("thrown by threads of the test").isEmpty();
        assertThat(faults)
                .as("asserted in callbacks")
                .noneMatch(
                        each -> each.cause().filter(AssertionError.class::isInstance).isPresent());
    }
}
