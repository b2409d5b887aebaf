/** Random programs against random faults, with every invariant checked after every step. */
module org.dmaengine.sweep {
    requires org.dmaengine;
    requires org.dmaengine.engine.sim;
    requires static org.jspecify;

    exports org.dmaengine.sweep;
}
