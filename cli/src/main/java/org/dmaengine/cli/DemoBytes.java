package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/** The bytes that the demonstration looks at: one text of 16 characters, over and over. */
enum DemoBytes {
    /** What the owner of the memory writes into it. */
    OWNER("new owner's data"),
    /** What arrives in the pipe; differs from the other in every place. */
    LATE("LATE PIPE BYTES!");

    /** Small, so that the allocator gives a freed block to the next who asks for this size. */
    static final int BLOCK_BYTES = 512;

    private static final int LINE_BYTES = 16;
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");

    private final String text;

    DemoBytes(String text) {
        this.text = text;
    }

    void fill(MemorySegment memory) {
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, at(i));
        }
    }

    /** How many bytes are not what {@link #fill} wrote. */
    int differing(MemorySegment memory) {
        int differing = 0;
        for (long i = 0; i < memory.byteSize(); i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, i) != at(i)) {
                differing++;
            }
        }
        return differing;
    }

    private byte at(long index) {
        return (byte) text.charAt((int) (index % text.length()));
    }

    /** The first bytes in hexadecimal digits. */
    static String hex(MemorySegment memory) {
        return HexFormat.of().formatHex(firstOf(memory));
    }

    /** The same for people: bytes, characters. */
    static String dump(MemorySegment memory) {
        byte[] first = firstOf(memory);
        StringBuilder characters = new StringBuilder();
        for (byte b : first) {
            characters.append(b >= ' ' && b < 127 ? (char) b : '.');
        }
        return SPACED.formatHex(first) + " |" + characters + "|";
    }

    static String address(long address) {
        return "0x" + Long.toHexString(address);
    }

    private static byte[] firstOf(MemorySegment memory) {
        return memory.asSlice(0, LINE_BYTES).toArray(ValueLayout.JAVA_BYTE);
    }
}
