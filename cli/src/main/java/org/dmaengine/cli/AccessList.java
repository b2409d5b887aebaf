package org.dmaengine.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The access control list of a file (acl(5)). Where there is one, the group bits of the mode are
 * the most that anybody named in it may do, and not what the group may; the list itself is not
 * copied. For any thread.
 */
final class AccessList {
    private static final String ATTRIBUTE = "system.posix_acl_access";

    // Of linux/posix_acl_xattr.h: a version, and entries of tag, permissions and id.
    private static final int HEAD_BYTES = 4;
    private static final int ENTRY_BYTES = 8;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    // Of linux/posix_acl.h.
    private static final int ACL_USER = 0x02;
    private static final int ACL_GROUP_OBJ = 0x04;
    private static final int ACL_GROUP = 0x08;
    private static final int ACL_MASK = 0x10;

    private static final int ERANGE = 34;

    /** A longer list counts as one that lets nobody in. */
    private static final int LIST_BYTES_MAX = 4096;

    private static final int RWX = 7;
    private static final int S_IRWXO = 0007;
    private static final int GROUP_AND_OTHERS = UnixFile.S_IRWXG | S_IRWXO;

    private AccessList() {}

    /** Linked for the first mode that is worth a look; empty where that is refused. */
    private static final class Linked {
        static final Optional<LinuxCalls> LINUX = linked();

        private static Optional<LinuxCalls> linked() {
            try {
                return Optional.of(LinuxCalls.link());
            } catch (RingUnavailable notHere) {
                return Optional.empty();
            }
        }
    }

    /**
     * A mode for a copy, which has no list: nobody may do more by it than by mode and list of this
     * file. Through no link.
     */
    static int modeWithout(Path file, int mode) {
        if ((mode & GROUP_AND_OTHERS) == 0) {
            // Nobody but the owner, whatever the list says.
            return mode;
        }
        Optional<LinuxCalls> linux = Linked.LINUX;
        if (linux.isEmpty()) {
            return mode;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(LIST_BYTES_MAX);
            long got =
                    linux.get()
                            .extendedAttribute(
                                    NativePath.of(file, arena),
                                    arena.allocateFrom(ATTRIBUTE),
                                    list);
            if (got == -ERANGE) {
                return mode & ~GROUP_AND_OTHERS;
            }
            return got < HEAD_BYTES ? mode : modeWithout(list.asSlice(0, got), mode);
        }
    }

    /**
     * What the group may, and others may, and all who are named: each of those may be in the group,
     * or one of the others, once the list is gone.
     */
    static int modeWithout(MemorySegment list, int mode) {
        int group = RWX;
        int all = RWX;
        for (long at = HEAD_BYTES; at + ENTRY_BYTES <= list.byteSize(); at += ENTRY_BYTES) {
            int permissions = list.get(SHORT, at + SHORT.byteSize());
            switch (list.get(SHORT, at)) {
                case ACL_GROUP_OBJ -> group = permissions;
                case ACL_USER, ACL_GROUP, ACL_MASK -> all &= permissions;
                default -> {
                    // The owner and the others, as the mode has them.
                }
            }
        }
        int most = (group & all) << 3 | all;
        return mode & (~GROUP_AND_OTHERS | most);
    }
}
