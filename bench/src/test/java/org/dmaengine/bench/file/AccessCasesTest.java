package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.junit.jupiter.api.Test;

import java.util.List;

class AccessCasesTest {
    @Test
    void shouldSayWhoMakesOneCallWhereOthersHaveManyInFlight() {
        assertThat(peers(Access.random(32, true))).contains("FileChannel, one call at a time");
        assertThat(peers(Access.stream(true))).contains("FileChannel, one call at a time");
        assertThat(peers(Access.random(1, true))).contains("FileChannel");
        assertThat(peers(Access.random(32, false))).contains("FileChannel");
    }

    private static List<String> peers(Access access) {
        Case subject = new AccessCases("file").of(access, Metric.SPEED);
        return subject.peers().stream().map(Entry::name).toList();
    }
}
