package org.dmaengine.testkit;

import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that runs in a simulation, once for each seed: with a simulated engine, in virtual time,
 * with one thread at a time. See {@link SimulationExtension} for its parameters, and for what it
 * fails besides what it asserts.
 *
 * {@snippet :
 * @SimulationTest(seeds = 100, faults = "lostEntries")
 * void shouldCopyAll(Simulation simulation, DmaEngine engine, DmaArena arena) {
 *     // ...
 * }
 *
 * static FaultPlan lostEntries(Choices choices) {
 *     return FaultPlan.none().on(choices.between(1, 9), new SimFault.LostCompletion());
 * }
 * }
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SimulationExtension.class)
public @interface SimulationTest {
    /** The first seed. The configuration parameter {@link SimulationExtension#SEED} wins. */
    long seed() default 1;

    /** How many seeds, one after the other. */
    int seeds() default 1;

    /** Lets the clock jump early, before one step in so many; 0 is never. */
    int hurryOneIn() default 0;

    /** After so many steps somebody spins. */
    long stepsMax() default 10_000_000;

    /**
     * A static method of the test class that gives the {@code SimModel}; it may take {@code
     * Choices}. Without, it is {@code SimModel.defaults()}. Its seed is that of the run.
     */
    String model() default "";

    /**
     * A static method of the test class that gives the {@code FaultPlan}; it may take {@code
     * Choices}. Without, nothing goes wrong.
     */
    String faults() default "";
}
