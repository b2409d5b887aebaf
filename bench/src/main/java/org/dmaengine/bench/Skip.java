package org.dmaengine.bench;

/** A contestant cannot take part here; the reason is printed and counted. */
public final class Skip extends Exception {
    private static final long serialVersionUID = 1;

    public Skip(String reason) {
        super(reason);
    }

    /** In one line. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
