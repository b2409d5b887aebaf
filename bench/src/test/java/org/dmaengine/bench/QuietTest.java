package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class QuietTest {
    private static final int BUSY_TICKS = 15;

    private final FakeSenses senses = new FakeSenses();
    private final Quiet quiet = new Quiet(senses, true);
    private final AtomicInteger turns = new AtomicInteger();

    private Turn turn() {
        return Turn.of(turns.incrementAndGet());
    }

    @Test
    void shouldTakeTheFirstTurnOfAQuietMachine() throws Exception {
        Quiet.Watch watch = quiet.watch(false);
        assertThat(watch.turn(this::turn).turn().figure()).isEqualTo(1);
        assertThat(watch.notes()).isEmpty();
    }

    @Test
    void shouldTolerateWhatMayBeAnErrorOfTheClock() throws Exception {
        senses.othersTicks.add(4);
        assertThat(quiet.watch(false).turn(this::turn).turn().figure()).isEqualTo(1);
    }

    @Test
    void shouldRepeatATurnThatOthersDisturbedAndTellOfIt() throws Exception {
        senses.othersTicks.addAll(List.of(BUSY_TICKS, BUSY_TICKS));
        Quiet.Watch watch = quiet.watch(false);
        assertThat(watch.turn(this::turn).turn().figure()).isEqualTo(3);
        assertThat(senses.pauses).isEqualTo(2);
        assertThat(watch.notes())
                .containsExactly(
                        "2 turns repeated, the last because other programs took 150 % of a core");
    }

    @Test
    void shouldRepeatATurnDuringWhichTheHypervisorTookTheCores() throws Exception {
        senses.stolenTicks.add(5);
        Quiet.Watch watch = quiet.watch(false);
        assertThat(watch.turn(this::turn).turn().figure()).isEqualTo(2);
        assertThat(watch.notes().getFirst()).contains("the hypervisor took 50 % of a core");
    }

    @Test
    void shouldRepeatATurnDuringWhichTheCoresChangedPlaces() throws Exception {
        senses.pingPongs.addAll(List.of(100.0, 160.0, 160.0, 150.0));
        Quiet.Watch watch = quiet.watch(false);
        assertThat(watch.turn(this::turn).turn().figure()).isEqualTo(2);
        assertThat(watch.notes())
                .containsExactly(
                        "1 turns repeated, the last because the cores changed places: 100 ns"
                                + " apart, then 160",
                        "cores 100 to 160 ns apart");
    }

    @Test
    void shouldGiveUpOnAMachineThatStaysBusy() throws Exception {
        senses.othersTicks.addAll(Collections.nCopies(100, BUSY_TICKS));
        Quiet.Watch watch = quiet.watch(false);
        assertThatThrownBy(() -> watch.turn(this::turn))
                .isInstanceOf(Quiet.Disturbed.class)
                .hasMessage("other programs took 150 % of a core");
    }

    @Test
    void shouldOnlyTellOfDisturbancesWhereBusyMachinesAreAllowed() throws Exception {
        senses.othersTicks.add(BUSY_TICKS);
        Quiet.Watch watch = new Quiet(senses, false).watch(false);
        assertThat(watch.turn(this::turn).turn().figure()).isEqualTo(1);
        assertThat(watch.notes())
                .containsExactly(
                        "1 turns disturbed, the last because other programs took 150 % of a core",
                        "others took 150 % of a core");
    }

    @Test
    void shouldLetTheKernelWorkOnlyWhereItsWorkIsMeasured() throws Exception {
        senses.kernelTicks.add(BUSY_TICKS);
        assertThat(quiet.watch(true).turn(this::turn).turn().figure()).isEqualTo(1);
        senses.kernelTicks.add(BUSY_TICKS);
        assertThat(quiet.watch(false).turn(this::turn).turn().figure()).isEqualTo(3);
    }
}
