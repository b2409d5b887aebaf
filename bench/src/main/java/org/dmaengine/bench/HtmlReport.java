package org.dmaengine.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/**
 * The report for people: one page with everything in it, so that it can be read without a network.
 * The page draws what {@link JsonReport} says.
 */
final class HtmlReport {
    private static final String LIBRARY = "/META-INF/resources/webjars/chartjs/";
    private static final String LIBRARY_VERSION =
            "/META-INF/maven/org.webjars/chartjs/pom.properties";

    private HtmlReport() {}

    static String text(Machine machine, List<CaseResult> results) throws IOException {
        // "</script>" in a string would end the script.
        String data = JsonReport.line(machine, results).replace("</", "<\\/");
        return resource("report.html")
                .replace("/*LIBRARY*/", resource(LIBRARY + version() + "/dist/chart.umd.js"))
                .replace("/*PAGE*/", resource("report.js"))
                .replace("/*DATA*/", data);
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open(LIBRARY_VERSION)) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = HtmlReport.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the report needs " + name + ", which is not on the class path");
        }
        return in;
    }
}
