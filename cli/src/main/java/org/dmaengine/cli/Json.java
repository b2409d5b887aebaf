package org.dmaengine.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One line of JSON, fields in the order they were put. */
final class Json {
    private Json() {}

    static String line(Object mapOrList) {
        return JSON.std.asString(mapOrList);
    }

    /** An object to put fields into. */
    static Map<String, Object> object() {
        return new LinkedHashMap<>();
    }

    /** The object on this line, if it is a whole one: a torn line at the end of a file is none. */
    static Optional<Map<String, Object>> parse(String line) {
        if (line.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.std.mapFrom(line));
        } catch (JacksonException notWhole) {
            return Optional.empty();
        }
    }
}
