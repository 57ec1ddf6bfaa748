# Finds a JDK 25 and exports JAVA_HOME. Sourced by ./farga and ./mvnw, because `java` on the PATH is often older.
farga_is_jdk25() { [ -x "$1/bin/javac" ] && grep -qs '^JAVA_VERSION="25[."]' "$1/release"; }
if ! farga_is_jdk25 "${JAVA_HOME:-/nonexistent}"; then
  farga_path_javac=$(command -v javac 2>/dev/null) && farga_path_javac=$(readlink -f "$farga_path_javac" 2>/dev/null) || farga_path_javac=
  for farga_candidate in "${JAVA25_HOME-}" "${JAVA_HOME_25_X64-}" "${JAVA_HOME_25_ARM64-}" "${farga_path_javac%/bin/javac}" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if farga_is_jdk25 "$farga_candidate"; then JAVA_HOME=$farga_candidate; export JAVA_HOME; break; fi
  done
fi
if ! farga_is_jdk25 "${JAVA_HOME:-/nonexistent}"; then
  echo "Farga needs a JDK 25: install one (for example Temurin 25 or Debian's openjdk-25-jdk-headless) or set JAVA_HOME to it." >&2
  FARGA_NO_JDK=1
fi
