package org.dmaengine.bench;

import java.util.List;

/** Cases that one word of the command line names. Making the list opens and measures nothing. */
public interface Suite {

    /** The word. */
    String name();

    /** One line about what it measures. */
    String summary();

    /** Its cases, in the order of the report. */
    List<Case> cases();
}
