package org.dmaengine;

import java.util.Optional;

/**
 * Why a transfer failed. The side is in the outcome (READ_FAILED or WRITE_FAILED), the rest is here
 * (P9).
 *
 * @param nativeCode the code of the operating system or device, 0 where it gave none
 * @param message one line for people
 * @param cause the Java exception, where there was one
 */
public record TransferError(int nativeCode, String message, Optional<Throwable> cause) {

    /** An error without a Java exception. */
    public static TransferError of(int nativeCode, String message) {
        return new TransferError(nativeCode, message, Optional.empty());
    }

    /** An error told by a Java exception, without a native code. */
    public static TransferError of(Throwable cause) {
        return new TransferError(0, ChannelFaults.describe(cause), Optional.of(cause));
    }
}
