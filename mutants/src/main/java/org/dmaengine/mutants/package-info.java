/** Plants mistakes, one at a time, and asks the tests to find each. */
@NullMarked
package org.dmaengine.mutants;

import org.jspecify.annotations.NullMarked;
