package org.dmaengine.sweep;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.CallbackContextException;
import org.dmaengine.ChannelBusyException;
import org.dmaengine.ChannelClosedException;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaBuffer;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Flag;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.QueueFullException;
import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.Receipt;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** One client: does its steps, one after the other, and tells the oracle what it did and got. */
final class Script {
    private static final int PERIOD_BYTES = 64;
    private static final int LOOPS_MAX = 40;

    private final World world;
    private final Oracle oracle;
    private final List<Step> steps;
    private @Nullable TransferShadow last;
    // How deep in callbacks, and the channel whose callback it is.
    private final @Nullable ChannelShadow inCallbackOf;

    Script(World world, List<Step> steps) {
        this(world, steps, null);
    }

    private Script(World world, List<Step> steps, @Nullable ChannelShadow inCallbackOf) {
        this.world = world;
        this.oracle = world.oracle;
        this.steps = steps;
        this.inCallbackOf = inCallbackOf;
    }

    void run() {
        for (Step step : steps) {
            world.simulation.pass();
            ChannelShadow channel = world.channels.get(step.channel());
            try {
                perform(step, channel);
            } catch (ChannelClosedException closed) {
                if (!channel.closed && channel.closers == 0) {
                    throw new Violation("C14", "refused by an open channel: " + step, closed);
                }
            } catch (EngineLostException lost) {
                if (!isLost(step, channel)) {
                    throw new Violation("C12", "nobody reported the loss: " + step, lost);
                }
                world.rare.count(RareEvent.ENGINE_LOST_TO_A_WAITER);
            } catch (CallbackContextException refused) {
                if (inCallbackOf == null) {
                    throw new Violation("C10", "refused outside of callbacks: " + step, refused);
                }
                world.rare.count(RareEvent.WAIT_IN_CALLBACK_REFUSED);
            }
        }
    }

    private boolean isLost(Step step, ChannelShadow channel) {
        TransferShadow awaited = step.action() == Action.AWAIT ? last : null;
        return awaited == null ? channel.lost : awaited.channel.lost;
    }

    private void perform(Step step, ChannelShadow channel) {
        switch (step.action()) {
            case COPY, FILL, INTERRUPT, READ_DEVICE, CYCLIC -> prepareAndSubmit(step, channel);
            case HOT_COPY -> hotCopy(step, channel);
            case PREPARE -> keep(step, channel);
            case SUBMIT_KEPT -> submitKept(channel);
            case REARM -> rearm(channel);
            case ISSUE -> issue(channel);
            case STATE -> state(step, channel);
            case STATUS -> status(step, channel);
            case ACKNOWLEDGE -> channel.channel.acknowledge(cookie(step, channel));
            case PAUSE -> pause(channel);
            case RESUME -> resume(channel);
            case TERMINATE_ASYNC -> terminateAsync(channel);
            case TERMINATE_SYNC -> terminateSync(step, channel);
            case SYNCHRONIZE -> synchronize(step, channel);
            case DRAIN -> drain(step, channel);
            case AWAIT -> await(step);
            case FUTURE -> future(step);
            case CLOSE -> close(step, channel);
            case REOPEN -> reopen(step, channel);
            case CLOSE_ARENA -> closeArena(step);
            case MAP -> map(channel);
            case INTERRUPT_THREAD ->
                    world.simulation.interrupt(
                            world.clients.get(step.size() % world.clients.size()));
            case SLEEP -> sleep(step.nanos());
        }
    }

    private void sleep(long nanos) {
        world.simulation.advance(Math.max(1, nanos));
        // An interrupt that was meant for a wait is over with it.
        Thread.interrupted();
    }

    // ---- Submit

    private void prepareAndSubmit(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null) {
            return;
        }
        TransferShadow[] mine = new TransferShadow[1];
        Descriptor descriptor = prepare(step, channel, region, mine);
        submit(step, channel, region, descriptor, mine, null);
    }

    private Descriptor prepare(
            Step step, ChannelShadow channel, Arenas.Region region, TransferShadow[] mine) {
        region.prepare(this::violated);
        long length = length(step);
        MemorySegment target = region.target().asSlice(0, length);
        MemorySegment source = region.source().asSlice(0, length);
        Flag[] flags = flags(step);
        Descriptor descriptor =
                switch (step.action()) {
                    case FILL -> channel.channel.prepMemset(target, (byte) 0x11, flags);
                    case INTERRUPT -> channel.channel.prepInterrupt(flags);
                    case READ_DEVICE ->
                            channel.channel.prepPeripheralSg(
                                    reading(step.size() % (2 * length)), List.of(target), flags);
                    case CYCLIC ->
                            channel.channel.prepCyclic(
                                    step.size() % 2 == 0
                                            ? reading(step.size() % 4096)
                                            : reading(step.size() % 4096).freeRunning(),
                                    region.target().asSlice(0, length),
                                    PERIOD_BYTES,
                                    event -> {
                                        if (event.missed() > 0) {
                                            world.rare.count(RareEvent.PERIODS_MISSED_OR_HELD);
                                        }
                                        callback(mine[0], step.behaviour());
                                    },
                                    flags);
                    default -> channel.channel.prepMemcpy(target, source, flags);
                };
        boolean wants = step.behaviour().style() != Behaviour.Style.NONE;
        if (wants && step.action() != Action.CYCLIC) {
            descriptor.onComplete(result -> callback(mine[0], step.behaviour()));
        }
        return descriptor;
    }

    private void violated(String rule, String message) {
        throw new Violation(rule, message);
    }

    private PeripheralConfig reading(long readableBytes) {
        return PeripheralConfig.read(Peripheral.of(world.device(readableBytes)));
    }

    private static long length(Step step) {
        return switch (step.action()) {
            case INTERRUPT -> 0;
            case CYCLIC -> PERIOD_BYTES * (1L + step.size() % 4);
            default -> 1 + step.size() % Arenas.LENGTH_MAX;
        };
    }

    private static Flag[] flags(Step step) {
        return switch (step.size() % 11) {
            case 0 -> new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.FENCE};
            case 1 -> new Flag[] {Flag.INTERRUPT};
            case 2 -> new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.REUSE};
            default -> new Flag[] {Flag.INTERRUPT, Flag.ACK};
        };
    }

    /**
     * Nothing can come between the submit and the oracle's note of it.
     *
     * @param staleGeneration the generation that a kept descriptor was prepared in
     */
    private void submit(
            Step step,
            ChannelShadow channel,
            Arenas.Region region,
            Descriptor descriptor,
            TransferShadow[] mine,
            @Nullable Long staleGeneration) {
        boolean stale = staleGeneration != null && staleGeneration != channel.generation;
        try {
            boolean usesMemory = step.action() != Action.INTERRUPT;
            Transfer transfer = channel.channel.submit(descriptor);
            if (stale) {
                throw new Violation("C15", "a stale descriptor was accepted on " + channel);
            }
            if (usesMemory && (region.arena.freed || region.arena.closing)) {
                throw new Violation("C16", "memory of a closed arena was accepted");
            }
            TransferShadow shadow =
                    new TransferShadow(
                            channel,
                            transfer.cookie(),
                            step,
                            length(step),
                            usesMemory ? region : null,
                            transfer);
            mine[0] = shadow;
            if (usesMemory) {
                region.user = shadow;
            }
            oracle.calls.submitted(shadow);
            last = shadow;
        } catch (QueueFullException full) {
            world.rare.count(RareEvent.QUEUE_FULL);
        } catch (StaleDescriptorException refused) {
            world.rare.count(RareEvent.STALE_DESCRIPTOR_REFUSED);
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (IllegalStateException refused) {
            if (!region.arena.freed && !region.arena.closing && staleGeneration == null) {
                throw refused;
            }
            world.rare.count(RareEvent.SUBMIT_TO_CLOSED_ARENA_REFUSED);
        }
    }

    private void hotCopy(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null || region.arena.closing) {
            return;
        }
        region.prepare(this::violated);
        long length = length(step);
        TransferShadow[] mine = new TransferShadow[1];
        boolean wants = step.behaviour().style() != Behaviour.Style.NONE;
        long cookie =
                wants
                        ? channel.channel.tryMemcpy(
                                region.target(),
                                0,
                                region.source(),
                                0,
                                length,
                                (_, _, _) -> callback(mine[0], step.behaviour()))
                        : channel.channel.tryMemcpy(region.target(), 0, region.source(), 0, length);
        if (cookie == 0) {
            world.rare.count(RareEvent.QUEUE_FULL);
            return;
        }
        mine[0] = new TransferShadow(channel, cookie, step, length, region, null);
        region.user = mine[0];
        oracle.calls.submitted(mine[0]);
    }

    private void keep(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null) {
            return;
        }
        // A kept descriptor has no callback: which of its runs would it tell about?
        Step plain =
                new Step(Action.COPY, step.channel(), step.size(), step.nanos(), Behaviour.NONE);
        long generation = channel.generation;
        channel.kept = prepare(plain, channel, region, new TransferShadow[1]);
        channel.keptStep = plain;
        channel.keptRegion = region;
        channel.keptGeneration = generation;
    }

    private void submitKept(ChannelShadow channel) {
        Descriptor kept = channel.kept;
        Step step = channel.keptStep;
        Arenas.Region region = channel.keptRegion;
        if (kept == null || step == null || region == null || !region.isFree()) {
            return;
        }
        region.prepare(this::violated);
        long generation = channel.keptGeneration;
        if (!kept.flags().contains(Flag.REUSE)) {
            channel.kept = null;
        }
        submit(step, channel, region, kept, new TransferShadow[1], generation);
    }

    private void rearm(ChannelShadow channel) {
        Descriptor kept = channel.kept;
        if (kept == null || !kept.flags().contains(Flag.REUSE)) {
            return;
        }
        try {
            kept.rearm();
            channel.keptGeneration = channel.generation;
        } catch (IllegalStateException stillRunning) {
            TransferShadow user = channel.keptRegion == null ? null : channel.keptRegion.user;
            if (user == null || user.outcome != null) {
                throw stillRunning;
            }
        }
    }

    // ---- Issue and ask

    private void issue(ChannelShadow channel) {
        oracle.calls.issued(channel);
        channel.channel.issuePending();
    }

    private static long cookie(Step step, ChannelShadow channel) {
        return step.size() % (channel.lastCookie() + 2);
    }

    private void state(Step step, ChannelShadow channel) {
        long cookie = cookie(step, channel);
        check(channel, cookie, channel.channel.state(cookie));
    }

    private void check(ChannelShadow channel, long cookie, TransferState state) {
        TransferShadow transfer = channel.find(cookie);
        if (transfer == null) {
            if (state != TransferState.UNKNOWN) {
                throw new Violation("C2", "cookie " + cookie + " was never given out: " + state);
            }
            return;
        }
        boolean running = state == TransferState.IN_PROGRESS || state == TransferState.PAUSED;
        if (transfer.outcome != null && running) {
            throw new Violation("C2", "the status went back to " + state + ": " + transfer);
        }
        if (state == TransferState.COMPLETE && transfer.isOnEngine()) {
            throw new Violation("C2", "complete before its last touch: " + transfer);
        }
    }

    private void status(Step step, ChannelShadow channel) {
        long cookie = cookie(step, channel);
        TransferStatus status = channel.channel.status(cookie);
        check(channel, cookie, status.state());
        TransferShadow transfer = channel.find(cookie);
        long length = transfer == null ? 0 : transfer.lengthBytes;
        if (status.residueBytes() < 0 || status.residueBytes() > length) {
            throw new Violation("C2", "residue of " + length + " bytes: " + status);
        }
        boolean back =
                status.completedCookie() < channel.lastCompleted
                        || status.usedCookie() < channel.lastUsed
                        || status.completedCookie() > status.usedCookie();
        if (back) {
            throw new Violation("C2", "went back on " + channel + ": " + status);
        }
        channel.lastCompleted = status.completedCookie();
        channel.lastUsed = status.usedCookie();
    }

    // ---- Pause

    private void pause(ChannelShadow channel) {
        long epoch = channel.holdEpoch;
        try {
            channel.channel.pause();
            // Somebody may have resumed between its answer and here.
            if (channel.holdEpoch == epoch
                    && !channel.closed
                    && !oracle.calls.anArenaTerminates()) {
                channel.paused = true;
                world.history.note("paused", channel);
            }
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (CallbackContextException refused) {
            throw refused;
        } catch (IllegalStateException takenBack) {
            if (channel.holdEpoch == epoch && !oracle.calls.anArenaTerminates()) {
                throw new Violation("C13", "nobody took the pause back", takenBack);
            }
            world.rare.count(RareEvent.PAUSE_TAKEN_BACK);
        }
    }

    private void resume(ChannelShadow channel) {
        boolean wasPaused = channel.paused;
        long epoch = ++channel.holdEpoch;
        channel.paused = false;
        world.history.note("resume", channel);
        try {
            channel.channel.resume();
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (IllegalStateException notPaused) {
            if (wasPaused && channel.holdEpoch == epoch) {
                throw new Violation("C13", "a paused channel refused to resume", notPaused);
            }
        }
    }

    // ---- Terminate and wait

    private void terminateAsync(ChannelShadow channel) {
        long boundary = channel.lastCookie();
        oracle.calls.terminating(channel, inCallbackOf == channel);
        channel.channel.terminateAsync();
        oracle.calls.terminated(channel, boundary);
    }

    private void terminateSync(Step step, ChannelShadow channel) {
        if (inCallbackOf != null) {
            refused(channel, () -> channel.channel.terminateSync());
            return;
        }
        long boundary = channel.lastCookie();
        oracle.calls.terminating(channel, false);
        await(
                step,
                channel,
                boundary,
                () -> channel.channel.terminateSync(),
                timeout -> channel.channel.terminateSync(timeout));
        oracle.calls.terminated(channel, boundary);
    }

    private void synchronize(Step step, ChannelShadow channel) {
        if (inCallbackOf != null) {
            refused(channel, () -> channel.channel.synchronize());
            return;
        }
        await(
                step,
                channel,
                channel.closedUpTo,
                () -> channel.channel.synchronize(),
                timeout -> channel.channel.synchronize(timeout));
    }

    private void await(
            Step step,
            ChannelShadow channel,
            long closedBefore,
            Supplier<Receipt> untimed,
            Function<Duration, Quiescence> timed) {
        world.history.note("synchronize", channel);
        if (channel.synchronizers++ > 0) {
            world.rare.count(RareEvent.TWO_SYNCHRONIZERS_AT_ONCE);
        }
        try {
            if (step.nanos() < 0) {
                oracle.quiescence.quiesced(channel, closedBefore, untimed.get());
            } else {
                long deadline = world.simulation.nanoTime() + step.nanos();
                Quiescence answer = timed.apply(Duration.ofNanos(step.nanos()));
                oracle.quiescence.answered(
                        channel, closedBefore, answer, world.simulation.nanoTime() >= deadline);
            }
        } finally {
            channel.synchronizers--;
        }
        interrupted();
    }

    private void interrupted() {
        if (Thread.interrupted()) {
            world.rare.count(RareEvent.INTERRUPT_DURING_A_WAIT);
        }
    }

    /** In a callback it must be refused, and change nothing (C10). */
    private void refused(ChannelShadow channel, Runnable wait) {
        long generation = channel.generation;
        wait.run();
        throw new Violation("C10", "a wait was allowed in a callback, in generation " + generation);
    }

    private void drain(Step step, ChannelShadow channel) {
        if (inCallbackOf != null) {
            refused(channel, () -> channel.channel.drain());
            return;
        }
        long issuedBefore = channel.issuedUpTo;
        if (step.nanos() < 0) {
            channel.channel.drain();
            oracle.quiescence.drained(channel, issuedBefore);
        } else {
            long deadline = world.simulation.nanoTime() + step.nanos();
            Quiescence answer = channel.channel.drain(Duration.ofNanos(step.nanos()));
            if (answer instanceof Quiesced) {
                oracle.quiescence.drained(channel, issuedBefore);
            } else {
                oracle.quiescence.answered(
                        channel, 0, answer, world.simulation.nanoTime() >= deadline);
            }
        }
        interrupted();
    }

    private void await(Step step) {
        TransferShadow mine = last;
        if (mine == null || mine.handle == null) {
            return;
        }
        if (inCallbackOf != null) {
            mine.handle.await();
            throw new Violation("C10", "await was allowed in a callback");
        }
        if (step.nanos() < 0) {
            mine.handle.await();
        } else if (mine.handle.await(Duration.ofNanos(step.nanos())) instanceof StillOwned owned
                && owned.transfers().isEmpty()
                && mine.handle.result().isEmpty()) {
            throw new Violation("C11", "still owned, and does not say what: " + owned);
        }
        interrupted();
    }

    private void future(Step step) {
        TransferShadow mine = last;
        if (mine == null || mine.handle == null) {
            return;
        }
        var future = mine.handle.toFuture();
        if (step.size() % 2 == 0) {
            future.cancel(true);
        }
    }

    // ---- Close

    private void close(Step step, ChannelShadow channel) {
        if (channel.closers++ > 0) {
            world.rare.count(RareEvent.TWO_CLOSERS_AT_ONCE);
        }
        if (channel.synchronizers > 0) {
            world.rare.count(RareEvent.CLOSE_WHILE_SYNCHRONIZING);
        }
        boolean left = false;
        try {
            if (inCallbackOf == null) {
                oracle.calls.terminating(channel, false);
            } else {
                // Refused, unless there is nothing to wait for; then it closes.
                oracle.calls.mayBeTerminated();
            }
            if (step.nanos() < 0 || inCallbackOf != null) {
                channel.channel.close();
                oracle.quiescence.closed(channel);
                left = true;
            } else {
                Quiescence answer = channel.channel.close(Duration.ofNanos(step.nanos()));
                if (answer instanceof Quiesced) {
                    oracle.quiescence.closed(channel);
                    left = true;
                } else {
                    world.rare.count(RareEvent.DEADLINE_LEFT_IT_OWNED);
                }
            }
        } catch (CallbackContextException refused) {
            channel.closers--;
            throw refused;
        } finally {
            if (left) {
                channel.closed = true;
            }
        }
        interrupted();
    }

    private void reopen(Step step, ChannelShadow channel) {
        if (!channel.closed || world.channels.get(step.channel()) != channel) {
            return;
        }
        try {
            world.channels.set(step.channel(), world.request(step.channel()));
        } catch (ChannelBusyException | EngineUnavailableException notYet) {
            // Others wait in its close, or came first; or the controller is gone.
        }
    }

    private void closeArena(Step step) {
        Arenas.Shadow arena = world.arenas.at(step.size());
        if (arena.closing || arena.freed) {
            return;
        }
        boolean terminates = World.terminates(arena);
        if (terminates) {
            oracle.calls.arenaTerminates(true);
        }
        arena.closing = true;
        try {
            arena.arena.close();
            oracle.quiescence.freed(arena);
            world.arenas.replace(arena, step.size());
        } catch (BuffersInFlightException inFlight) {
            if (terminates) {
                world.rare.count(RareEvent.ARENA_WITHHELD);
                arena.withheld = true;
                world.arenas.replace(arena, step.size());
            } else {
                world.rare.count(RareEvent.ARENA_CLOSE_REFUSED);
                arena.closing = false;
            }
        } catch (CallbackContextException refused) {
            arena.closing = false;
            throw refused;
        } finally {
            if (terminates) {
                oracle.calls.arenaTerminates(false);
            }
        }
    }

    private void map(ChannelShadow channel) {
        Arena foreign = Arena.ofShared();
        DmaBuffer mapped = channel.channel.engine().map(foreign.allocate(Arenas.LENGTH_MAX));
        try {
            foreign.close();
            throw new Violation("C16", "mapped memory was freed by its own arena");
        } catch (IllegalStateException held) {
            world.rare.count(RareEvent.MAPPED_MEMORY_HELD_OPEN);
        }
        mapped.close();
        foreign.close();
    }

    // ---- Callbacks

    private void callback(TransferShadow transfer, Behaviour behaviour) {
        oracle.callbacks.entered(transfer);
        try {
            world.simulation.pass();
            oracle.callbacks.begins(transfer);
            switch (behaviour.style()) {
                case NONE, RETURN -> {}
                case THROW -> throw new PlannedException();
                case BLOCK -> world.simulation.advance(behaviour.nanos());
                case LOOP -> {
                    for (int i = 0; i < LOOPS_MAX; i++) {
                        world.simulation.pass();
                    }
                }
                case ACT -> new Script(world, behaviour.steps(), transfer.channel).run();
            }
        } finally {
            oracle.callbacks.ends(transfer);
        }
    }
}
