#!/bin/sh
# Install from Debian the MediaWiki that some tests fetch from; where it cannot be had, those tests are skipped aloud.
set -eu
PACKAGES="mediawiki php-cli php-sqlite3 php-xml php-mbstring php-intl php-apcu php-curl"

have() {
  [ -f /usr/share/mediawiki/maintenance/install.php ] && command -v php >/dev/null &&
    php -m | grep -qi '^pdo_sqlite$' && php -m | grep -qi '^intl$' && php -m | grep -qi '^mbstring$'
}

have && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # one word a package
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $PACKAGES >/dev/null && have && exit 0
fi
echo "MediaWiki cannot be installed here: the tests that fetch from a real one will be skipped" >&2
