package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says, before anything is touched, what is copied where, or why that cannot be. */
final class CopyPlan {
    /** What Java puts in the place of bytes that mean nothing in the charset. */
    static final char NO_TEXT = '\uFFFD';

    private CopyPlan() {}

    /**
     * What a word of the command line names.
     *
     * @throws CommandFailure if no file can have that name here
     */
    static Path path(String word) {
        Path path;
        try {
            path = Path.of(word);
        } catch (InvalidPathException notInThisCharset) {
            throw FileProblem.ofName(word);
        }
        if (word.indexOf(NO_TEXT) >= 0 && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            // Other bytes stood there, and another file would be made.
            throw FileProblem.ofName(word);
        }
        return path;
    }

    /** What is copied: behind a link to a folder, a slash says that this folder is meant. */
    static Path source(String word) {
        Path path = path(word);
        boolean through = word.endsWith("/") && Files.isSymbolicLink(path);
        // The copy has the name of the link then, as with cp.
        return through && Files.isDirectory(path) ? path.resolve(".") : path;
    }

    /**
     * The path that the copy gets: the target, or its own name in the target, if that is a folder.
     *
     * <p>A link as the target is refused, since nothing is ever written through one; a slash behind
     * it says that the folder it leads to is meant.
     *
     * @param resume the target may be the folder that an interrupted copy of a tree has made
     * @throws CommandFailure naming the path and the way out
     */
    static Path target(Path source, String target, boolean resume) {
        Path path = path(target);
        if (Files.isSymbolicLink(path)) {
            if (!target.endsWith("/") || !Files.isDirectory(path)) {
                throw throughLink(path);
            }
            try {
                path = path.toRealPath();
            } catch (IOException problem) {
                throw FileProblem.of("following " + target, problem);
            }
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && !(resume && isTree(source) && isInterruptedTree(path))) {
            Path name = source.toAbsolutePath().normalize().getFileName();
            if (name == null) {
                throw new CommandFailure(
                        source + " has no name of its own; name the target in full");
            }
            path = path.resolve(name);
            if (Files.isSymbolicLink(path)) {
                throw throughLink(path);
            }
        } else if (target.endsWith("/") && !Files.isDirectory(source)) {
            throw new CommandFailure(target + " is not a folder; make it, or leave out the slash");
        }
        requireFolderOf(path);
        return path;
    }

    /** What is copied with all it holds, and not as a file or a link into a folder. */
    private static boolean isTree(Path source) {
        return Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
    }

    /** The folder is there because an interrupted copy has made it, and not to be copied into. */
    private static boolean isInterruptedTree(Path folder) {
        try {
            return TreeJournal.isLeft(folder);
        } catch (IOException problem) {
            throw FileProblem.of("reading " + Siblings.journal(folder), problem);
        }
    }

    private static void requireFolderOf(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        try {
            if (folder != null && !TargetAttributes.look(folder).isDirectory()) {
                throw new CommandFailure(folder + " is not a folder; name another target");
            }
        } catch (NoSuchFileException none) {
            throw new CommandFailure(
                    "the folder "
                            + folder
                            + " does not exist; make it, or see whether its file system is"
                            + " mounted");
        } catch (IOException problem) {
            throw FileProblem.of("copying to " + folder, problem);
        }
    }

    /**
     * @throws CommandFailure if the target may not be replaced by a copy of the source
     */
    static void requireReplaceable(Path source, Path target) {
        if (isFileReplaced(source, target)) {
            requireNotSame(source, target);
        }
    }

    /** The same for what has no place of its own, whatever file has its name. */
    static void requireReplaceableByStream(Path source, Path target) {
        boolean _ = isFileReplaced(source, target);
    }

    private static boolean isFileReplaced(Path source, Path target) {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        boolean link = Files.isSymbolicLink(target);
        if (Files.isSymbolicLink(source) && link) {
            // A link for a link: replaced, not followed.
            return false;
        }
        if (link) {
            throw throughLink(target);
        }
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    target
                            + " is a folder and "
                            + source
                            + " is not; remove it, or copy elsewhere");
        }
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailure(
                    target
                            + " is not a plain file and would be replaced by one; to write into it,"
                            + " use - as the target and redirect standard output");
        }
        return true;
    }

    private static void requireNotSame(Path source, Path target) {
        try {
            if (Files.exists(source) && Files.isSameFile(source, target)) {
                throw new CommandFailure(source + " and " + target + " are the same file");
            }
        } catch (FileSystemException unreadable) {
            // The source's own trouble, told when it is opened.
        } catch (IOException problem) {
            throw FileProblem.of("comparing " + source + " and " + target, problem);
        }
    }

    /**
     * @throws CommandFailure if what is copied would grow by what is written
     */
    static void requireNotOutput(Path source, String name) {
        Path output = Path.of("/dev/stdout");
        try {
            if (Files.isRegularFile(source)
                    && Files.isRegularFile(output)
                    && Files.isSameFile(source, output)) {
                throw new CommandFailure(
                        name
                                + " is the file that standard output goes to; write to another"
                                + " one");
            }
        } catch (IOException cannotTell) {
            // Told by the copy itself, if it is more than a system that knows no such name.
        }
    }

    private static CommandFailure throughLink(Path path) {
        return new CommandFailure(
                path
                        + " is a symbolic link, and nothing is written through one; name what it"
                        + " leads to, or remove it (a slash behind a link to a folder means that"
                        + " folder)");
    }
}
