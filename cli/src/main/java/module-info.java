/** The command line. It compiles against core alone; engines are found when it runs. */
module org.dmaengine.cli {
    requires info.picocli;
    requires org.dmaengine;
    requires static org.jspecify;
    requires tools.jackson.jr.ob;

    opens org.dmaengine.cli to
            info.picocli;
}
