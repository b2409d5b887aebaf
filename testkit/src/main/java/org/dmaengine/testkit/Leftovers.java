package org.dmaengine.testkit;

import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.OwnedTransfer;
import org.dmaengine.Quarantine;
import org.dmaengine.RunningCallback;
import org.dmaengine.StillOwned;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a test has left behind on its engines: a line for each, with the place it comes from. */
final class Leftovers {
    private final WatchedEngine watch;
    private final List<String> lines = new ArrayList<>();

    private Leftovers(WatchedEngine watch) {
        this.watch = watch;
    }

    static List<String> of(WatchedEngine watch, DmaEngine engine) {
        Leftovers left = new Leftovers(watch);
        engine.channels().forEach(left::lookAt);
        Quarantine.entries().forEach(left::lookAt);
        return left.lines;
    }

    private void lookAt(DmaChannel channel) {
        String name = channel.name();
        lines.add(
                "channel '"
                        + name
                        + "' is open; it was requested at "
                        + watch.placesOf(name).map(Places::requestedAt).orElse("?"));
        // Nobody else runs between these two, so that nothing starts: only now does the channel
        // tell of what was submitted and not issued.
        channel.issuePending();
        if (channel.drain(Duration.ZERO) instanceof StillOwned owned) {
            lookAt(name, owned);
        }
    }

    private void lookAt(String channel, StillOwned owned) {
        for (OwnedTransfer transfer : owned.transfers()) {
            if (isInQuarantine(transfer)) {
                // Told below.
                continue;
            }
            lines.add(
                    "%s with cookie %d on channel '%s' is in flight and owns %d bytes; it was %s"
                            .formatted(
                                    transfer.kind(),
                                    transfer.cookie(),
                                    channel,
                                    transfer.bufferBytes(),
                                    placeOf(transfer)));
        }
        Optional<RunningCallback> running = owned.callback();
        if (running.isPresent()) {
            RunningCallback callback = running.get();
            lines.add(
                    "the callback of cookie %d on channel '%s' has not returned%s; it was %s"
                            .formatted(
                                    callback.cookie(),
                                    channel,
                                    callback.thread().isEmpty()
                                            ? ", nor begun"
                                            : " on thread '" + callback.thread() + "'",
                                    watch.placesOf(channel)
                                            .map(places -> places.of(callback.cookie()))
                                            .orElse("?")));
        } else if (owned.transfers().isEmpty()) {
            lines.add("a callback on channel '" + channel + "' was never run");
        }
    }

    private static boolean isInQuarantine(OwnedTransfer transfer) {
        return Quarantine.entries().stream()
                .map(Quarantine.Entry::transfer)
                .anyMatch(each ->
                        each.channel().equals(transfer.channel())
                                && each.cookie() == transfer.cookie());
    }

    private void lookAt(Quarantine.Entry entry) {
        OwnedTransfer transfer = entry.transfer();
        if (watch.placesOf(transfer.channel()).isPresent()) {
            lines.add(
                    "%s with cookie %d on channel '%s' is in quarantine (%s); it was %s"
                            .formatted(
                                    transfer.kind(),
                                    transfer.cookie(),
                                    transfer.channel(),
                                    entry.reason(),
                                    placeOf(transfer)));
        }
    }

    private String placeOf(OwnedTransfer transfer) {
        return watch.placesOf(transfer.channel()).map(places -> places.of(transfer)).orElse("?");
    }
}
