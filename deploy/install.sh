#!/bin/sh
# Install or upgrade Sunlot on one Debian machine without a network, from the folder that deploy/wheelhouse.sh made. Run by root.
#
#     ./install.sh             may be run as often as one likes; what is there stays (settings, secrets, data)
#
# The new release is made ready beside the running one. Then the worker ends what it holds, requests wait at their socket, the
# database is migrated, and the new release starts. What fails before that leaves the old one running.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "Run this as root." >&2; exit 1; }
say() { echo "$(date +%H:%M:%S) $*"; }
sunlot() { /usr/local/sbin/sunlot "$@"; }
systemd() { if [ -d /run/systemd/system ]; then systemctl "$@"; fi; }
secret() { # NAME: keep what standard input says, once; only root reads it
    if [ ! -s "/etc/sunlot/secrets/$1" ]; then (umask 077 && cat > "/etc/sunlot/secrets/$1"); else cat > /dev/null; fi
}

say "Looking whether the folder is whole …"
(cd "$here" && sha256sum --check --quiet SHA256SUMS)
version=$(basename "$here"/sunlot-*.tar .tar | sed 's/^sunlot-//')
release=/opt/sunlot/releases/$version

say "Debian packages …"
if ! command -v pg_lsclusters > /dev/null; then # Debian makes the cluster when the package is installed
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "initdb_options = '--data-checksums --encoding=UTF8 --locale=C.UTF-8'" > /etc/postgresql-common/createcluster.d/sunlot.conf
fi
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
echo "deb [trusted=yes] file:$here/debs ./" > "$lists/sources.list"
mkdir "$lists/lists"
set -- -qq -o Dir::Etc::sourcelist="$lists/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$lists/lists" -o APT::Sandbox::User=root
apt-get "$@" update
tar -xOf "$here/sunlot-$version.tar" "$version/deploy/debian-packages.txt" | grep -v '^#' | DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    xargs apt-get "$@" --yes --no-install-recommends -o Dpkg::Use-Pty=0 install > /var/log/sunlot-install.log

say "Release $version …"
id sunlot > /dev/null 2>&1 || useradd --system --home-dir /var/lib/sunlot --shell /usr/sbin/nologin sunlot
mkdir -p /opt/sunlot/releases /etc/sunlot/tls
install -d -m 0700 /etc/sunlot/secrets
install -d -o sunlot -g sunlot -m 0711 /var/lib/sunlot
install -d -o sunlot -g sunlot -m 0700 /var/backups/sunlot
install -d -m 0755 /run/sunlot /var/cache/nginx
if [ ! -e "$release/.installed" ]; then
    rm -rf "$release"
    tar -xf "$here/sunlot-$version.tar" -C /opt/sunlot/releases
    # the very set-up of a clone, told to look for packages here alone; DEMO=1 because no secret is needed to look at it
    (cd "$release" && data=$(mktemp -d) && PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" DEMO=1 DATA_DIR="$data" python3 manage.py check && rm -rf "$data")
    # carried along on demand: what an S3-like bucket needs
    set -- "$here"/wheels/boto3-*.whl
    [ ! -e "$1" ] || (cd "$release" && python3 -m pip --python .venv/bin/python install -q --no-input --disable-pip-version-check --no-index \
        --find-links "$here/wheels" --only-binary :all: --require-hashes --no-deps -r config/requirements-s3.txt)
    "$release/.venv/bin/python" -m compileall -q "$release" || true
    ln -sfn /etc/sunlot/sunlot.env "$release/.env"
    touch "$release/.installed"
fi
install -m 0755 "$release/deploy/sunlot" /usr/local/sbin/sunlot

say "Settings and secrets …"
if [ ! -e /etc/sunlot/sunlot.env ]; then
    sed 's/^PROXY_COUNT=.*/PROXY_COUNT=1/; s/^BEHIND_PROXY=.*/BEHIND_PROXY=true/' "$release/.env.example" > /etc/sunlot/sunlot.env
    chmod 0640 /etc/sunlot/sunlot.env
fi
chgrp sunlot /etc/sunlot/sunlot.env
openssl rand -base64 60 | tr -d '\n' | secret secret-key
echo "k1:$(openssl rand -base64 32)" | secret field-keys
echo | secret email-url
echo | secret evidence-bucket

if [ ! -s /etc/sunlot/secrets/database-url ]; then
    say "Database …"
    cluster=$(pg_lsclusters -h 2>/dev/null | awk 'NR == 1 { print $1, $2 }')
    if [ -n "$cluster" ] && ! runuser -u postgres -- psql -Atqc "SELECT 1 FROM pg_database" > /dev/null 2>&1; then pg_ctlcluster $cluster start; fi
    major=${cluster%% *}
    mkdir -p "/etc/postgresql/$major/main/conf.d"
    cp "$release/deploy/postgresql/sunlot.conf" "/etc/postgresql/$major/main/conf.d/sunlot.conf"
    pg_ctlcluster $cluster restart
    owner=$(openssl rand -hex 24) application=$(openssl rand -hex 24)
    OWNER=$owner APPLICATION=$application runuser -u postgres -- psql -qv ON_ERROR_STOP=1 -f - < "$release/deploy/postgresql/roles.sql"
    echo "postgresql://sunlot_owner:$owner@127.0.0.1:5432/sunlot" | secret owner-database-url
    echo "postgresql://sunlot:$application@127.0.0.1:5432/sunlot" | secret database-url
fi
if [ ! -s /etc/sunlot/secrets/broker-url ]; then
    say "Queue …"
    password=$(openssl rand -hex 24)
    cp "$release/deploy/redis/sunlot.conf" /etc/redis/sunlot.conf
    printf 'user default off\nuser sunlot on #%s ~* &* +@all -@dangerous +info +keys +flushdb\n' \
        "$(printf %s "$password" | sha256sum | cut -c1-64)" > /etc/redis/sunlot-users.acl
    chown redis:redis /etc/redis/sunlot-users.acl /etc/redis/sunlot.conf
    chmod 0600 /etc/redis/sunlot-users.acl
    grep -q '^include /etc/redis/sunlot.conf' /etc/redis/redis.conf || echo 'include /etc/redis/sunlot.conf' >> /etc/redis/redis.conf
    systemd restart redis-server
    echo "redis://sunlot:$password@127.0.0.1:6379/0" | secret broker-url
fi

export SUNLOT_RELEASE="$release"
if ! sunlot check --deploy --fail-level WARNING; then
    say "Fill in /etc/sunlot/sunlot.env (and /etc/sunlot/secrets/email-url) and run this again; nothing has been changed in the database."
    exit 3
fi

say "Units and proxy …"
if [ -d /run/systemd/system ] || [ -d /etc/systemd/system ]; then
    install -m 0644 "$release"/deploy/systemd/* /etc/systemd/system/
    systemd daemon-reload
    systemd enable -q sunlot-web.socket sunlot-web sunlot-worker sunlot-beat sunlot-sweep.timer sunlot-backup.timer
fi
[ -e /etc/nginx/conf.d/sunlot.conf ] || sed "s/sunlot\.example\.gov\.cn/$(sed -n 's/^ALLOWED_HOSTS=\([^,]*\).*/\1/p' /etc/sunlot/sunlot.env)/" \
    "$release/deploy/nginx/sunlot.conf" > /etc/nginx/conf.d/sunlot.conf
rm -f /etc/nginx/sites-enabled/default

if [ -e /opt/sunlot/current ] && [ "$(readlink -f /opt/sunlot/current)" != "$release" ]; then
    say "A backup before the database is changed …"
    SUNLOT_RELEASE=/opt/sunlot/current sunlot backup /var/backups/sunlot
fi
sunlot collectstatic --no-input --verbosity 0 # beside the old ones: names carry a hash of what is in them
chmod -R a+rX /var/lib/sunlot/static # the proxy reads them, as somebody else
say "The worker ends what it holds; people go on …"
touch /run/sunlot/upgrading
trap 'rm -rf "$lists" /run/sunlot/upgrading' EXIT
trap 'exit 130' INT TERM
systemd stop sunlot-sweep.timer sunlot-sweep.service sunlot-beat sunlot-worker
if ! sunlot --owner migrate --check --verbosity 0 > /dev/null 2>&1; then
    say "Database to the new state; requests wait …"
    systemd is-active -q sunlot-web && systemd restart --no-block sunlot-web
    sunlot --owner migrate --no-input --verbosity 0
fi
sunlot --owner database_roles --apply
ln -sfn "$release" /opt/sunlot/next && mv -T /opt/sunlot/next /opt/sunlot/current
rm -f /run/sunlot/upgrading
systemd start sunlot-web.socket # never restarted: whoever waits at it would be sent away
systemd restart sunlot-web # first and alone: people wait for it
systemd restart sunlot-worker sunlot-beat sunlot-sweep.timer sunlot-backup.timer
if [ -s /etc/sunlot/tls/fullchain.pem ]; then
    nginx -t -q
    systemd reload-or-restart nginx
else
    say "Put the certificate into /etc/sunlot/tls (fullchain.pem, key.pem), then: systemctl reload nginx"
fi
say "Done: $version. First time? “sunlot found_office” makes the three administrators."
