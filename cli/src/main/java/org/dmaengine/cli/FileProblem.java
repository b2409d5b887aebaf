package org.dmaengine.cli;

import org.dmaengine.TransferError;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** What the operating system says about a file, with the file's name and the way out. */
final class FileProblem {
    /** What an engine tells of it has words of its own. */
    private static final int EFBIG = 27;

    private static final String SMALLER =
            "; the file system there, or ulimit -f, allows no file of that size: choose another"
                    + " target, or raise the limit";

    private FileProblem() {}

    /** Of a call: {@code doing} names what was tried and on what. */
    static CommandFailure of(String doing, IOException problem) {
        String reason =
                switch (problem) {
                    case NoSuchFileException _ -> "no such file or folder";
                    case AccessDeniedException _ -> "permission denied";
                    case FileAlreadyExistsException _ -> "something of that name exists already";
                    case NotDirectoryException _ -> "is not a folder";
                    case FileSystemException e when e.getReason() != null -> e.getReason();
                    default -> messageOf(problem);
                };
        return new CommandFailure(doing + ": " + reason + wayOut(reason), problem);
    }

    /** What a thread that read or wrote has ended of, whatever that is. */
    static IOException toldBy(Throwable failure) {
        return failure instanceof IOException problem
                ? problem
                : new IOException(failure.toString(), failure);
    }

    /** Of a transfer (P9). */
    static CommandFailure of(String doing, TransferError error) {
        String reason =
                error.cause()
                        .map(cause -> cause instanceof IOException ? messageOf(cause) : null)
                        .orElse(error.message());
        String wayOut = error.nativeCode() == EFBIG ? SMALLER : wayOut(reason);
        return new CommandFailure(doing + ": " + reason + wayOut, error.cause().orElse(null));
    }

    /** Of a name that has characters which the charset of the locale does not have. */
    static CommandFailure ofName(String name) {
        String charset = System.getProperty("sun.jnu.encoding");
        // What has all names that are text has none of this one.
        String locale = charset.equalsIgnoreCase("UTF-8") ? "en_US.ISO-8859-1" : "C.UTF-8";
        return new CommandFailure(
                name
                        + ": the charset of this locale ("
                        + charset
                        + ") has no such name; copy the folder around it, or set LC_ALL to a locale"
                        + " whose charset has it, as "
                        + locale);
    }

    private static String messageOf(Throwable problem) {
        String message = problem.getMessage();
        return message == null ? problem.toString() : message;
    }

    private static String wayOut(String reason) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota")) {
            return "; free some space there, or choose a target elsewhere";
        }
        if (lower.contains("too large")) {
            return SMALLER;
        }
        if (lower.contains("operation not permitted")) {
            return "; is it immutable (lsattr), or may only its owner do that?";
        }
        if (lower.contains("read-only")) {
            return "; choose a target that can be written";
        }
        if (lower.contains("permission denied")) {
            return "; run as a user who may, or change its mode";
        }
        if (lower.contains("too many open files")) {
            return "; raise the limit on open files (ulimit -n)";
        }
        if (lower.contains("stale") || lower.contains("input/output error")) {
            return "; is its file system still mounted, and its disk well?";
        }
        return "";
    }
}
