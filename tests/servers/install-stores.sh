#!/bin/sh
# Install from Debian the SPARQL stores that some tests load and ask: Virtuoso, and Apache Jena with a Java to run it.
# Where one cannot be had, its tests are skipped aloud.
set -eu
wanted=""
command -v virtuoso-t >/dev/null && command -v isql-vt >/dev/null || wanted="$wanted virtuoso-opensource-7 virtuoso-opensource-7-bin"
[ -f /usr/share/java/jena-tdb2.jar ] || wanted="$wanted libapache-jena-java liblog4j2-java"
# A Java that compiles: the front of the Jena store is source.
command -v javac >/dev/null || wanted="$wanted default-jdk-headless"
[ -n "$wanted" ] || exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # the names are words of their own
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "not installed here:$wanted; the tests that need them will be skipped" >&2
