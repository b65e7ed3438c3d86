#!/bin/sh
# Install from Debian what some tests need: a program that reads our files back, and a browser for the query page.
# Where it cannot be had, those tests are skipped aloud.
set -eu
wanted=""
command -v rapper >/dev/null || wanted="$wanted raptor2-utils"
command -v chromium >/dev/null || wanted="$wanted chromium"
command -v chromedriver >/dev/null || wanted="$wanted chromium-driver"
[ -n "$wanted" ] || exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086 # the names are words of their own
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "not installed here:$wanted; the tests that need them will be skipped" >&2
