# Finds a Java 25: JAVA_HOME, else what Debian's packages and others install.
for candidate in "${JAVA_HOME-}" /usr/lib/jvm/*25* /opt/java/* /usr/lib/jvm/default-java; do
  [ -x "$candidate/bin/java" ] || continue
  case $(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release" 2>/dev/null) in
  25) JAVA_HOME=$candidate && break ;;
  esac
done
if [ ! -x "${JAVA_HOME-}/bin/java" ]; then
  echo "farga: no Java 25 was found. Install temurin-25-jre or openjdk-25-jre-headless, or set JAVA_HOME." >&2
  exit 1
fi
