/** How long a command of ours takes from the shell to its end, beside the JVM's own start. */
@NullMarked
package org.dmaengine.bench.start;

import org.jspecify.annotations.NullMarked;
