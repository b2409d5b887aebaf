package org.dmaengine.engine.uring;

import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** All requests of one worker, free and in use. Of the worker's thread alone. */
final class Requests {
    private final Arena arena;
    private final int chunkBytes;
    private final List<Request> all = new ArrayList<>();
    private int[] free = new int[64];
    private int freeCount;

    /**
     * @param arena what their vectors are allocated from
     * @param chunkBytes the most bytes of one piece
     */
    Requests(Arena arena, int chunkBytes) {
        this.arena = arena;
        this.chunkBytes = chunkBytes;
    }

    int inUse() {
        return all.size() - freeCount;
    }

    Request take(UringChannel channel, IssuedTransfer transfer) {
        Request request;
        if (freeCount > 0) {
            request = all.get(free[--freeCount]);
        } else {
            request = new Request(all.size(), arena);
            all.add(request);
        }
        request.begin(channel, transfer, chunkBytes);
        return request;
    }

    void giveBack(Request request) {
        request.free();
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = request.index();
    }

    boolean anyInUse(Predicate<Request> property) {
        return all.stream().filter(Request::isInUse).anyMatch(property);
    }

    void forEachInUse(Consumer<Request> action) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isInUse()) {
                action.accept(all.get(i));
            }
        }
    }

    /** Whom a completion is for, or null if that piece is over (E8). */
    @Nullable Request find(long userData) {
        int index = (int) userData;
        if (index < 0 || index >= all.size()) {
            return null;
        }
        Request request = all.get(index);
        return request.isInKernelAs(userData) ? request : null;
    }
}
