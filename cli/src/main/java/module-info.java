/**
 * The command line. It compiles against core, and for simulations against sweep; engines are found
 * when it runs.
 */
module org.dmaengine.cli {
    requires info.picocli;
    requires jdk.unsupported; // Opens files for direct I/O.
    requires org.dmaengine;
    requires org.dmaengine.sweep;
    requires static org.jspecify;
    requires tools.jackson.jr.ob;
}
