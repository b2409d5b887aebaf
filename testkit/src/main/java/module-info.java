/** The contract suite that every engine passes. */
module org.dmaengine.testkit {
    requires transitive org.dmaengine;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports org.dmaengine.testkit;
}
