# Sourced by the launcher and by deploy/test: finds Java and Maven, or installs them where apt may be used.
# Says what it does on stderr; stdout belongs to the command.

say() { printf 'handscroll: %s\n' "$*" >&2; }

# The major version of the Java at $1 (a java executable), from its release file where there is one: no JVM is started.
java_major() {
  local release version
  release="$(dirname "$(dirname "$(readlink -f "$1")")")/release"
  if [[ -r $release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$release")
  else
    version=$("$1" -version 2>&1 | sed -n '1s/.*version "\(.*\)".*/\1/p')
  fi
  version=${version%%[!0-9]*}
  echo "${version:-0}"
}

# Sets JAVA to a java of 17 or newer that has a compiler beside it.
find_java() {
  local candidate
  for candidate in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)" \
      /usr/lib/jvm/default-java/bin/java /usr/lib/jvm/*/bin/java; do
    if [[ -n $candidate && -x $candidate && -x "$(dirname "$(readlink -f "$candidate")")/javac" \
        && $(java_major "$candidate") -ge 17 ]]; then
      JAVA=$candidate
      return 0
    fi
  done
  return 1
}

# Runs a command as root, or fails where that would take a password.
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# Installs Debian packages; fails where apt is not there or may not be used.
apt_install() {
  command -v apt-get >/dev/null && as_root true || return 1
  local log
  log=$(mktemp "${TMPDIR:-/tmp}/handscroll-apt.XXXXXX")
  say "installing $* with apt ..."
  if as_root apt-get -qq update >"$log" 2>&1 \
      && as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >>"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  say "apt could not install $*; its messages are in $log"
  return 1
}

# The JPEG encoder with SIMD; without it tiles are encoded by the Java platform, several times slower and to other bytes.
want_turbojpeg() {
  if ! { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q libturbojpeg.so.0; then
    apt_install libturbojpeg0 || say "without libturbojpeg0 tiles are encoded by the Java platform, which is slower"
  fi
}

# A JDK of 17 or newer and Maven, installed if need be; says what to install and ends with 2 where that is not allowed.
require_tools() {
  local missing=()
  find_java || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  if [[ ${#missing[@]} -gt 0 ]]; then
    apt_install "${missing[@]}" || true
    if ! find_java || ! command -v mvn >/dev/null; then
      say "a JDK of version 17 or newer and Maven 3.8 or newer are needed, and they cannot be installed from here; run"
      say "    sudo apt-get install ${missing[*]}"
      say "and then this command again (or set JAVA_HOME to such a JDK and put mvn on the PATH)"
      exit 2
    fi
  fi
  JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$JAVA")")")
  export JAVA_HOME
}
