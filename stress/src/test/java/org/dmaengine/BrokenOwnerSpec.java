package org.dmaengine;

/** Planted: looks for users and frees, without leaving the open state first. */
public final class BrokenOwnerSpec extends MemoryOwnerSpec {
    @Override
    void close(MemoryOwner itself, ClosePolicy policy) {
        if (!ChannelRegistry.usersOf(itself).isEmpty()) {
            throw new IllegalStateException("in use");
        }
        free();
    }
}
