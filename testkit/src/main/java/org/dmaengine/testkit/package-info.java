/** The contract suite that every engine passes, and its data patterns. */
@NullMarked
package org.dmaengine.testkit;

import org.jspecify.annotations.NullMarked;
