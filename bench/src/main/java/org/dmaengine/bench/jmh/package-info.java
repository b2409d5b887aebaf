/** The small questions: what a single call costs, by JMH with its allocation profiler. */
@NullMarked
package org.dmaengine.bench.jmh;

import org.jspecify.annotations.NullMarked;
