package org.dmaengine.sweep;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.CallbackContextException;
import org.dmaengine.ClosePolicy;
import org.dmaengine.DmaBuffer;

import java.lang.foreign.Arena;

/**
 * The steps of a client that close an arena, by whichever policy it has, and that map memory of
 * somebody else (C16).
 */
final class ArenaSteps {
    private final Arenas arenas;
    private final ClientCalls calls;
    private final QuiescenceCheck quiescence;
    private final RareEvents rare;

    ArenaSteps(World world) {
        this.arenas = world.arenas;
        this.calls = world.oracle.calls;
        this.quiescence = world.oracle.quiescence;
        this.rare = world.rare;
    }

    void close(Step step) {
        Arenas.Shadow arena = arenas.at(step.size());
        if (arena.closing || arena.freed) {
            return;
        }
        boolean terminates = arena.policy instanceof ClosePolicy.TerminateThenDrain;
        if (terminates) {
            calls.arenaTerminates(true);
        }
        arena.closing = true;
        try {
            arena.arena.close();
            quiescence.freed(arena);
            arenas.replace(arena, step.size());
        } catch (BuffersInFlightException inFlight) {
            if (terminates) {
                rare.count(RareEvent.ARENA_WITHHELD);
                arena.withheld = true;
                arenas.replace(arena, step.size());
            } else {
                rare.count(RareEvent.ARENA_CLOSE_REFUSED);
                arena.closing = false;
            }
        } catch (CallbackContextException refused) {
            arena.closing = false;
            throw refused;
        } finally {
            if (terminates) {
                calls.arenaTerminates(false);
            }
        }
    }

    void map(ChannelShadow channel) {
        Arena foreign = Arena.ofShared();
        DmaBuffer mapped = channel.channel.engine().map(foreign.allocate(Arenas.LENGTH_MAX));
        try {
            foreign.close();
            throw new Violation("C16", "mapped memory was freed by its own arena");
        } catch (IllegalStateException held) {
            rare.count(RareEvent.MAPPED_MEMORY_HELD_OPEN);
        }
        mapped.close();
        foreign.close();
    }
}
