package org.dmaengine.cli;

/** How many files this process may have open. */
final class OpenFiles {
    private static final int USUAL = 1024;

    private OpenFiles() {}

    /** Where the system does not tell, the usual number is assumed. */
    static int limit() {
        return ProcSelf.behind("Max open files", "limits")
                .map(softAndHard -> number(softAndHard.split(" ", 2)[0]))
                .orElse(USUAL);
    }

    private static int number(String soft) {
        try {
            return Integer.parseInt(soft);
        } catch (NumberFormatException unlimited) {
            return Integer.MAX_VALUE;
        }
    }
}
