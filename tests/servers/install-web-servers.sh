#!/bin/sh
# Install from Debian the web servers that the content negotiation kit is tested with: nginx, Apache and Caddy, and PHP
# for each of them.
# Where one cannot be had, its tests are skipped aloud.
set -eu
wanted=""
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || wanted="$wanted nginx-light"
[ -x /usr/sbin/apache2 ] || wanted="$wanted apache2"
command -v caddy >/dev/null || wanted="$wanted caddy"
command -v php >/dev/null || wanted="$wanted php-cli"
ls /usr/sbin/php-fpm* >/dev/null 2>&1 || wanted="$wanted php-fpm"
ls /usr/lib/apache2/modules/libphp*.so >/dev/null 2>&1 || wanted="$wanted libapache2-mod-php"
[ -n "$wanted" ] || exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # the names are words of their own
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "not installed here:$wanted; the tests that need them will be skipped" >&2
