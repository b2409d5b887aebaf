package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import tools.jackson.jr.ob.JSON;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The command for real, with the smallest case there is; no figure is looked at. */
class SmokeTest {
    @TempDir private Path folder;

    private static int run(String... arguments) throws Exception {
        CommandLine command = new CommandLine(new BenchCommand());
        command.setErr(new PrintWriter(new StringWriter()));
        return OwnThread.call(() -> command.execute(arguments));
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldMeasureACaseAndWriteBothReports() throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
        Path json = folder.resolve("report.json");
        Path html = folder.resolve("report.html");
        int code =
                run(
                        "channels",
                        "--filter=heap of an idle channel, never",
                        "--busy",
                        "--json=" + json,
                        "--html=" + html);
        assertThat(code).isZero();
        Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
        assertThat((Map<String, Object>) report.get("machine"))
                .containsKeys("kernel", "jdk", "command", "processor")
                .containsEntry("processors", Runtime.getRuntime().availableProcessors());
        assertThat((List<Map<String, Object>>) report.get("cases"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat((Double) row.get("ours")).isPositive());
        assertThat(Files.readString(html)).contains("</html>");
    }

    @Test
    void shouldCopyInAProcessOfItsOwn() throws Exception {
        int core = Cores.allowed().getFirst();
        Site site = new Site(new Cores(core, core), folder, folder);
        Case inline =
                Suites.all(false).getFirst().cases().stream()
                        .filter(each -> each.name().startsWith("inline"))
                        .findFirst()
                        .orElseThrow();
        Case alone = Case.of("descriptor", "alone", "ns", Better.SMALLER, inline.ours());
        Contest contest = new Contest(site, new Quiet(new FakeSenses(), true), 0, 1);
        CaseResult result = OwnThread.call(() -> contest.run(alone));
        assertThat(result).isInstanceOf(CaseResult.Measured.class);
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() throws Exception {
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(run("--filter=nonsense")).isEqualTo(2);
        assertThat(run("--rounds=4")).isEqualTo(2);
        int core = Cores.allowed().getFirst();
        assertThat(run("--cores=" + core + "," + core)).isEqualTo(2);
        assertThat(run("--cores=" + core + ",9999")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing/file", "", "/proc/file"})
    void shouldRefuseBeforehandWhatCannotBeWritten(String file) throws Exception {
        assertThat(run("--list", "--json=" + folder.resolve(file))).isEqualTo(2);
        assertThat(run("--list", "--html=" + folder.resolve(file))).isEqualTo(2);
    }

    @Test
    void shouldListEverything() throws Exception {
        assertThat(run("--list")).isZero();
        assertThat(run("--list", "--large", "--filter=20,000 files")).isZero();
        assertThat(run("jmh", "--list", "--filter=state, allocation")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNameEveryCaseOnce(boolean large) throws Exception {
        Set<String> names = new HashSet<>();
        for (Suite suite : Suites.all(large)) {
            for (Case each : suite.cases()) {
                assertThat(each.suite()).isEqualTo(suite.name());
                assertThat(names.add(each.suite() + ": " + each.name())).as(each.name()).isTrue();
                each.targets().forEach(target -> requirePeer(each, target));
            }
        }
    }

    /** A target that names no peer would never be looked at. */
    private static void requirePeer(Case each, Target target) {
        if (target instanceof Target.Ratio(String peer, double _)) {
            assertThat(each.peers()).as(each.name()).extracting(Entry::name).contains(peer);
        }
    }
}
