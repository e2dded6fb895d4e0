#!/usr/bin/env bash
# Make sure of programs that come from Debian's packages.
# usage: ensure_debian_packages.sh required|optional WHAT:PACKAGE …
# WHAT is a command, `tesseract-lang-XXX` for a language of Tesseract, or `postgres-server`.
set -euo pipefail
need=$1; shift

present() {
  case $1 in
    tesseract-lang-*) command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx "${1#tesseract-lang-}" ;;
    postgres-server) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=()
for pair in "$@"; do present "${pair%%:*}" || missing+=("${pair##*:}"); done
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing from Debian: ${missing[*]}" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "Missing: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}" >&2
if [ "$need" = required ] && [ "${CI:-}" = true ]; then exit 1; fi
echo "Going on without: what needs them says so." >&2
