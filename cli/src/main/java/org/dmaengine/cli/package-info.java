/** The command line. */
@NullMarked
package org.dmaengine.cli;

import org.jspecify.annotations.NullMarked;
