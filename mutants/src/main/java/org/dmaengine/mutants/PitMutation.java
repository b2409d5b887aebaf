package org.dmaengine.mutants;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * One mutation that PIT made.
 *
 * @param type the simple name of the source file's class
 * @param method that it is in
 * @param line its text, so that a mutation keeps its name when lines shift
 * @param change what was changed
 * @param isKilled whether a test found it, or ran into the time limit
 */
record PitMutation(String type, String method, String line, String change, boolean isKilled) {
    /** All of one module, from PIT's report. */
    static List<PitMutation> read(Path report, Path sources) throws IOException {
        List<PitMutation> mutations = new ArrayList<>();
        Map<Path, List<String>> files = new HashMap<>();
        NodeList nodes = elements(report);
        for (int i = 0; i < nodes.getLength(); i++) {
            Element node = (Element) nodes.item(i);
            String type = text(node, "mutatedClass");
            Path file =
                    sources.resolve(type.substring(0, type.lastIndexOf('.')).replace('.', '/'))
                            .resolve(text(node, "sourceFile"));
            List<String> lines = files.get(file);
            if (lines == null) {
                lines = Files.readAllLines(file);
                files.put(file, lines);
            }
            mutations.add(
                    new PitMutation(
                            text(node, "sourceFile").replace(".java", ""),
                            // A lambda's number changes when another one comes before it.
                            text(node, "mutatedMethod")
                                    .replaceAll("^lambda\\$(\\w+)\\$\\d+$", "$1"),
                            lines.get(Integer.parseInt(text(node, "lineNumber")) - 1).strip(),
                            shortened(text(node, "description")),
                            node.getAttribute("detected").equals("true")));
        }
        return mutations;
    }

    /** What an explanation calls it: the same for two of a kind on one line. */
    String key() {
        return type + "." + method + ": " + change + "\n    " + line;
    }

    /** Without "for some/Type::method", which says where, and without packages. */
    private static String shortened(String description) {
        return description.replaceAll(" for [\\w/$]+::.*", "").replaceAll("\\b[a-z]\\w*/", "");
    }

    private static NodeList elements(Path report) throws IOException {
        try (var in = Files.newInputStream(report)) {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getElementsByTagName("mutation");
        } catch (ParserConfigurationException | SAXException broken) {
            throw new IOException(report + " is no report of PIT", broken);
        }
    }

    private static String text(Element mutation, String tag) {
        return mutation.getElementsByTagName(tag).item(0).getTextContent();
    }
}
