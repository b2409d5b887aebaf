package org.dmaengine.engine.uring;

import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/**
 * What goes wrong in the fake kernel: nothing, until a test says so. The questions are asked under
 * the kernel's lock, on whatever thread calls it; any thread may change them.
 */
final class FakeFaults {
    /** What {@code io_uring_enter} does with what it is offered. */
    interface Enter {
        /**
         * Asked before anything is done.
         *
         * @param offered how many entries
         * @param waits whether the caller wants to wait
         * @return how many it takes, or a negative error
         */
        int taken(FakeRing ring, int offered, boolean waits);
    }

    static final int ALL_FEATURES =
            IoUring.IORING_FEAT_SINGLE_MMAP
                    | IoUring.IORING_FEAT_NODROP
                    | IoUring.IORING_FEAT_SUBMIT_STABLE
                    | IoUring.IORING_FEAT_FAST_POLL
                    | IoUring.IORING_FEAT_EXT_ARG;

    // Volatile: set by tests, read by whoever calls the kernel.
    private volatile Function<FakeEntry, Fate> entries = _ -> Fate.RUN;
    private volatile Enter enter = (_, offered, _) -> offered;
    private volatile IntUnaryOperator setup = _ -> 0;
    private volatile IntBinaryOperator register = (_, _) -> 0;
    private volatile IntUnaryOperator map = _ -> 0;
    private volatile IntUnaryOperator eventfd = _ -> 0;
    private volatile IntUnaryOperator signal = _ -> 0;
    private volatile IntUnaryOperator duplicate = _ -> 0;
    private volatile IntUnaryOperator mode = _ -> 0;
    private volatile int features = ALL_FEATURES;

    /** What becomes of each entry. */
    void onEntry(Function<FakeEntry, Fate> fate) {
        entries = fate;
    }

    void onEnter(Enter answer) {
        enter = answer;
    }

    /** From the flags that are asked for to 0, or a negative error. */
    void onSetup(IntUnaryOperator answer) {
        setup = answer;
    }

    /** From operation and count to 0, or a negative error. */
    void onRegister(IntBinaryOperator answer) {
        register = answer;
    }

    /** From 0 for the queues, or 1 for the entries, to 0, or a negative error. */
    void onMap(IntUnaryOperator answer) {
        map = answer;
    }

    /** To 0, or a negative error. */
    void onEventfd(IntUnaryOperator answer) {
        eventfd = answer;
    }

    /** From an event descriptor to 0, or a negative error. */
    void onSignal(IntUnaryOperator answer) {
        signal = answer;
    }

    /** From a descriptor to 0, or a negative error. */
    void onDuplicate(IntUnaryOperator answer) {
        duplicate = answer;
    }

    /** From a descriptor to 0, or a negative error; what happens meanwhile comes before it. */
    void onMode(IntUnaryOperator answer) {
        mode = answer;
    }

    /** What new rings say that they can. */
    void features(int some) {
        features = some;
    }

    Fate fateOf(FakeEntry entry) {
        return entries.apply(entry);
    }

    int taken(FakeRing ring, int offered, boolean waits) {
        return enter.taken(ring, offered, waits);
    }

    int setup(int flags) {
        return setup.applyAsInt(flags);
    }

    int register(int operation, int count) {
        return register.applyAsInt(operation, count);
    }

    int map(int which) {
        return map.applyAsInt(which);
    }

    int eventfd() {
        return eventfd.applyAsInt(0);
    }

    int signal(int descriptor) {
        return signal.applyAsInt(descriptor);
    }

    int duplicate(int descriptor) {
        return duplicate.applyAsInt(descriptor);
    }

    int mode(int descriptor) {
        return mode.applyAsInt(descriptor);
    }

    int features() {
        return features;
    }
}
