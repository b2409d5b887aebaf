package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;

class ContestTest {
    private final FakeSenses senses = new FakeSenses();
    private final List<String> events = new ArrayList<>();

    private CaseResult run(int warmUps, int rounds, Case subject) throws Exception {
        int core = Cores.allowed().getFirst();
        Site site = new Site(new Cores(core, core), Path.of("."), Path.of("."));
        return run(site, warmUps, rounds, subject);
    }

    private CaseResult run(Site site, int warmUps, int rounds, Case subject) throws Exception {
        Contest contest = new Contest(site, new Quiet(senses, true), warmUps, rounds);
        return OwnThread.call(() -> contest.run(subject));
    }

    private static Case subject(Entry ours, Entry... peers) {
        return Case.of("suite", "case", "ns", Better.SMALLER, ours).beside(peers);
    }

    /** Measures what it is told to, over and over. */
    private Entry entry(String name, double... figures) {
        Iterator<Double> endless = DoubleStream.generate(cycle(figures)::next).iterator();
        return new Entry(
                name,
                site ->
                        new Contestant() {
                            @Override
                            public Turn measure() {
                                events.add(name);
                                return Turn.of(endless.next());
                            }

                            @Override
                            public void close() {
                                events.add("close " + name);
                            }
                        });
    }

    private static Iterator<Double> cycle(double... figures) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Double next() {
                return figures[next++ % figures.length];
            }
        };
    }

    @Test
    void shouldHaveOursBeforeAndAfterEachPeerAndTurnTheOrderRound() throws Exception {
        run(0, 2, subject(entry("O", 1), entry("A", 1), entry("B", 1)));
        assertThat(events)
                .containsExactly(
                        "A", "B", // looked at once, for whether they can
                        "O", "A", "O", "B", "O", // first round
                        "O", "B", "O", "A", "O", // second round
                        "close B", "close A", "close O");
    }

    @Test
    void shouldCompareNeighboursInTime() throws Exception {
        // The machine gets three times as slow between the rounds; the ratio stays.
        Case subject = subject(entry("O", 10, 10, 30, 30), entry("A", 0, 20, 60));
        CaseResult.Measured result = (CaseResult.Measured) run(0, 2, subject);
        PeerResult.Measured peer = (PeerResult.Measured) result.peers().getFirst();
        assertThat(peer.ratios().figures()).containsExactly(2.0, 2.0);
        assertThat(peer.figures().figures()).containsExactly(20.0, 60.0);
        assertThat(result.figures().figures()).containsExactly(10.0, 10.0, 30.0, 30.0);
    }

    @Test
    void shouldCompareOnlyTurnsDuringWhichTheCoresWereAsFarApart() throws Exception {
        // They move away between the first turn of ours and that of the peer, and stay there.
        senses.pingPongs.addAll(List.of(100.0, 100.0, 400.0));
        Case subject = subject(entry("O", 1, 10, 50, 50), entry("A", 0, 100, 100));
        CaseResult.Measured result = (CaseResult.Measured) run(0, 1, subject);
        PeerResult.Measured peer = (PeerResult.Measured) result.peers().getFirst();
        assertThat(peer.ratios().figures()).containsExactly(100 / 30.0);
        assertThat(result.notes())
                .contains(
                        "1 turns repeated, the last because the cores changed places between two"
                                + " turns");
    }

    @Test
    void shouldLeaveOutTheWarmUp() throws Exception {
        Case subject = subject(entry("O", 900, 800, 10), entry("A", 900, 800, 700, 20));
        CaseResult.Measured result = (CaseResult.Measured) run(2, 1, subject);
        assertThat(result.figures().figures()).containsExactly(10.0, 900.0);
        assertThat(((PeerResult.Measured) result.peers().getFirst()).figures().figures())
                .containsExactly(20.0);
    }

    @Test
    void shouldGoOnWithoutAPeerThatCannotTakePart() throws Exception {
        Entry missing =
                new Entry(
                        "missing",
                        site -> {
                            throw new Skip("not installed");
                        });
        Entry unwilling =
                new Entry(
                        "unwilling",
                        site ->
                                () -> {
                                    throw new Skip("no such device");
                                });
        CaseResult.Measured result =
                (CaseResult.Measured)
                        run(0, 1, subject(entry("O", 1), missing, entry("A", 2), unwilling));
        assertThat(result.peers())
                .contains(
                        new PeerResult.Skipped("missing", "not installed"),
                        new PeerResult.Skipped("unwilling", "no such device"));
        assertThat(result.peers()).hasSize(3);
    }

    @Test
    void shouldGiveNoFigureOnABusyMachine() throws Exception {
        senses.othersTicks.addAll(Collections.nCopies(100, 15));
        CaseResult result = run(0, 5, subject(entry("O", 1), entry("A", 2)));
        assertThat(result).isInstanceOf(CaseResult.NotMeasured.class);
        assertThat(Row.of(result).getFirst().note())
                .isEqualTo("not measured: because other programs took 150 % of a core");
        assertThat(events).endsWith("close A", "close O");
    }

    @Test
    void shouldFailTheCaseWhereOursGoesWrong() throws Exception {
        CaseResult result = run(0, 1, subject(wrongFromTurn("O", 1), entry("A", 2)));
        assertThat(result).isInstanceOf(CaseResult.Failed.class);
        assertThat(Row.of(result).getFirst().note()).contains("the bytes are wrong");
        assertThat(events).contains("close A");
    }

    @Test
    void shouldFailTheCaseThatIsTooLargeForTheMemory() throws Exception {
        Entry large =
                new Entry(
                        "large",
                        site -> {
                            throw new OutOfMemoryError("thrown by a test");
                        });
        assertThat(run(0, 1, subject(large))).isInstanceOf(CaseResult.Failed.class);
        CaseResult.Measured result = (CaseResult.Measured) run(0, 1, subject(entry("O", 1), large));
        assertThat(result.peers()).singleElement().isInstanceOf(PeerResult.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldGoOnWithoutAPeerThatGoesWrong(int turn) throws Exception {
        Case subject = subject(entry("O", 1), wrongFromTurn("wrong", turn), entry("A", 2));
        CaseResult.Measured result = (CaseResult.Measured) run(1, 2, subject);
        assertThat(result.peers().getFirst())
                .isEqualTo(
                        new PeerResult.Failed(
                                "wrong", "java.lang.IllegalStateException: the bytes are wrong"));
        PeerResult.Measured other = (PeerResult.Measured) result.peers().getLast();
        assertThat(other.ratios().figures()).containsExactly(2.0, 2.0);
        assertThat(Row.of(result).getFirst().note()).startsWith("peer failed: ");
        assertThat(Summary.print(new PrintStream(new ByteArrayOutputStream()), List.of(result)))
                .isFalse();
    }

    private static Entry wrongFromTurn(String name, int first) {
        AtomicInteger turns = new AtomicInteger();
        return new Entry(
                name,
                site ->
                        () -> {
                            if (turns.incrementAndGet() >= first) {
                                throw new IllegalStateException("the bytes are wrong");
                            }
                            return Turn.of(1);
                        });
    }

    @Test
    void shouldFailThePeerThatCannotBeClosed() throws Exception {
        CaseResult.Measured result =
                (CaseResult.Measured) run(0, 1, subject(entry("O", 1), stuck()));
        assertThat(result.peers()).singleElement().isInstanceOf(PeerResult.Failed.class);
    }

    @Test
    void shouldFailTheCaseThatCannotBeClosed() throws Exception {
        assertThat(run(0, 1, subject(stuck()))).isInstanceOf(CaseResult.Failed.class);
    }

    private static Entry stuck() {
        return new Entry(
                "stuck",
                site ->
                        new Contestant() {
                            @Override
                            public Turn measure() {
                                return Turn.of(1);
                            }

                            @Override
                            public void close() throws IOException {
                                throw new IOException("did not end");
                            }
                        });
    }

    @Test
    void shouldMeasureOnTheFirstCoreUnlessTheEntryWantsBoth() throws Exception {
        List<Integer> allowed = Cores.allowed();
        assumeThat(allowed).hasSizeGreaterThan(1);
        Cores cores = new Cores(allowed.get(0), allowed.get(1));
        Site site = new Site(cores, Path.of("."), Path.of("."));
        Entry looking =
                new Entry(
                        "looking",
                        _ ->
                                () -> {
                                    events.add(Cores.allowed().toString());
                                    return Turn.of(1);
                                });
        run(site, 0, 1, subject(looking));
        run(site, 0, 1, subject(looking.onBothCores()));
        assertThat(events)
                .containsExactly(
                        allowed.subList(0, 1).toString(), allowed.subList(0, 2).toString());
    }
}
