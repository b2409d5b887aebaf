/** Servers that send back what comes, over TCP on the loopback interface. */
@NullMarked
package org.dmaengine.bench.echo;

import org.jspecify.annotations.NullMarked;
