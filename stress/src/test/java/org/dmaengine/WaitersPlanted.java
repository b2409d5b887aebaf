package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Planted: push and look, publish and look, without the fences of volatile fields. */
@JCStressTest
@Description("the wake-up of Transfer, with opaque fields: both may miss the other")
@Outcome(
        id = {"0, 1", "1, 0", "1, 1"},
        expect = ACCEPTABLE,
        desc = "one of the two sees the other")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the waiter sleeps, and nobody knows")
@State
public class WaitersPlanted {
    private static final VarHandle RESULT = field("result");
    private static final VarHandle WAITER = field("waiter");

    @SuppressWarnings("unused") // Through RESULT.
    private int result;

    @SuppressWarnings("unused") // Through WAITER.
    private int waiter;

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(WaitersPlanted.class, name, int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @Actor
    public void waiter(II_Result seen) {
        WAITER.setOpaque(this, 1);
        seen.r1 = (int) RESULT.getOpaque(this);
    }

    @Actor
    public void publisher(II_Result seen) {
        RESULT.setOpaque(this, 1);
        seen.r2 = (int) WAITER.getOpaque(this);
    }
}
