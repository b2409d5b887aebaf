package org.dmaengine;

import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineProvider.Probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Finds engines and opens them. Engines are found by {@link ServiceLoader}; those that do not work
 * here say why, and what to do about it.
 */
public final class DmaEngines {
    // A class path that cannot be read at all is found broken again at every look.
    private static final int BROKEN_MAX = 64;

    private DmaEngines() {}

    /** All engines that were found, available or not, by name. */
    public static List<EngineInfo> list() {
        return providers().stream()
                .map(DmaEngines::info)
                .sorted(Comparator.comparing(EngineInfo::name))
                .toList();
    }

    /**
     * Opens an engine by name.
     *
     * @throws IllegalArgumentException if there is none of that name, naming those that there are
     * @throws EngineUnavailableException if it does not work here
     */
    public static DmaEngine open(String name) {
        return open(name, EngineOptions.defaults());
    }

    /** The same with options. */
    public static DmaEngine open(String name, EngineOptions options) {
        for (EngineProvider provider : providers()) {
            if (provider.name().equals(name)) {
                if (probe(provider) instanceof Probe.Unavailable(String reason, String remedy)) {
                    throw new EngineUnavailableException(name, reason, remedy);
                }
                return open(provider, options);
            }
        }
        throw new IllegalArgumentException(
                "no engine '"
                        + name
                        + "'; there are "
                        + list().stream().map(EngineInfo::name).toList());
    }

    /**
     * Opens the available engine that can do all that is wanted and is the most specialised: the
     * one that declares the fewest capabilities beyond those. Simulated engines have to be named.
     *
     * @throws NoCapableChannelException if none can, with what each lacks
     */
    public static DmaEngine openBest(Capability... wanted) {
        return openBest(EngineOptions.defaults(), wanted);
    }

    /** The same with options. */
    public static DmaEngine openBest(EngineOptions options, Capability... wanted) {
        Set<Capability> all = Set.of(wanted);
        List<String> refusals = new ArrayList<>();
        EngineProvider best = null;
        int bestSize = Integer.MAX_VALUE;
        for (EngineProvider provider : providers()) {
            if (provider.onlyByName()) {
                continue;
            }
            switch (probe(provider)) {
                case Probe.Available(EngineDescription description) -> {
                    int size = description.capabilities().size();
                    if (!description.capabilities().containsAll(all)) {
                        refusals.add(provider.name() + " can only " + description.capabilities());
                    } else if (size < bestSize) {
                        best = provider;
                        bestSize = size;
                    }
                }
                case Probe.Unavailable(String reason, String remedy) ->
                        refusals.add(provider.name() + ": " + reason + " (" + remedy + ")");
            }
        }
        if (best == null) {
            throw new NoCapableChannelException(
                    "no engine can do all of " + all + ": " + String.join("; ", refusals));
        }
        return open(best, options);
    }

    /**
     * Opens an engine that is not registered, for tests and programs that bring their own.
     *
     * @throws EngineContractException if its description lacks what the contract asks for (P1, P6)
     */
    public static DmaEngine open(EngineProvider provider, EngineOptions options) {
        return OpenedEngine.open(provider, options);
    }

    /** Those that can be loaded; one that cannot hides no other. */
    private static List<EngineProvider> providers() {
        List<EngineProvider> providers = new ArrayList<>();
        Iterator<EngineProvider> found = ServiceLoader.load(EngineProvider.class).iterator();
        int broken = 0;
        while (broken < BROKEN_MAX) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                providers.add(found.next());
            } catch (ServiceConfigurationError | LinkageError cause) {
                // The iterator has passed this one, and goes on behind it.
                broken++;
                FaultLog.INSTANCE.accept(
                        new Fault(
                                Fault.Kind.ENGINE_THREW,
                                "",
                                "an engine provider cannot be loaded: " + cause,
                                Optional.of(cause)));
            }
        }
        return providers;
    }

    private static Probe probe(EngineProvider provider) {
        try {
            return provider.probe();
        } catch (RuntimeException | LinkageError broken) {
            return new Probe.Unavailable(
                    "its probe threw " + broken,
                    "tell the author of " + provider.getClass().getName());
        }
    }

    private static EngineInfo info(EngineProvider provider) {
        return switch (probe(provider)) {
            case Probe.Available(EngineDescription description) ->
                    new EngineInfo(provider.name(), Optional.of(description), "", "");
            case Probe.Unavailable(String reason, String remedy) ->
                    new EngineInfo(provider.name(), Optional.empty(), reason, remedy);
        };
    }
}
