# Sourced by the benchmarks: prints the home of a JDK 25, or ends with the remedy.
find_jdk25() {
    for jdk in "${JDK25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        if [ -x "$jdk/bin/javac" ] &&
            grep -q '^JAVA_VERSION="25[".]' "$jdk/release" 2>/dev/null; then
            printf '%s\n' "$jdk"
            return 0
        fi
    done
    echo "bench: needs a JDK 25, and none was found in \$JDK25_HOME, \$JAVA_HOME or /usr/lib/jvm/*25*." \
        "Install one (for example from https://adoptium.net) or set JDK25_HOME." >&2
    return 1
}
