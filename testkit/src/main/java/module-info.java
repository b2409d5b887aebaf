/** The contract suite that every engine passes, and its data patterns. */
module org.dmaengine.testkit {
    requires transitive org.dmaengine;
    requires transitive org.dmaengine.engine.sim;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports org.dmaengine.testkit;

    // JUnit calls the groups of the suite, which are package-private.
    opens org.dmaengine.testkit to
            org.junit.platform.commons;
}
