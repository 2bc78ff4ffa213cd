#!/bin/sh
# What somebody types on a machine without a network; test_offline_install.py runs it inside a clean Debian, where /media is the carried folder.
# There is no systemd inside: the units' own command lines are run by hand, as their user.
set -eu
began=$(date +%s)
if /media/install.sh; then echo "It should have asked for its settings first." >&2; exit 1; fi
release=$(ls -d /opt/sunlot/releases/*)
key=$(cd "$release" && DEMO=1 DATA_DIR=/tmp/auditor BOOTSTRAP=off .venv/bin/python manage.py auditor_key new /root/auditor-key | sed -n 's/^AUDITOR_PUBLIC_KEY=//p')
cat >> /etc/sunlot/sunlot.env <<SETTINGS
ALLOWED_HOSTS=sunlot.test
OFFICE_NETWORKS=127.0.0.0/8
PUBLIC_URL=https://sunlot.test
AUDITOR_PUBLIC_KEY=$key
CHECKPOINT_KEEPERS=keeper@example.org
SUPERVISION_PHONE=0533-0000000
MAIL_FROM=sunlot@example.org
SETTINGS
[ ! -e /media/extra.env ] || cat /media/extra.env >> /etc/sunlot/sunlot.env
echo smtp+tls://user:password@mail.example.org:587 > /etc/sunlot/secrets/email-url
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=sunlot.test -keyout /etc/sunlot/tls/key.pem -out /etc/sunlot/tls/fullchain.pem 2> /dev/null
/media/install.sh
echo "installed after $(($(date +%s) - began)) seconds"

install -d -o redis /run/redis && runuser -u redis -- redis-server /etc/redis/redis.conf --daemonize yes > /dev/null
secrets=$(mktemp -d) && cp /etc/sunlot/secrets/* "$secrets" && rm "$secrets/owner-database-url" && chown -R sunlot "$secrets"
start() { # UNIT PIDFILE: its ExecStart, as its user
    command=$(sed -n 's/^ExecStart=//p' "/etc/systemd/system/$1" | sed 's#%t#/run#')
    setpriv --reuid=sunlot --regid=sunlot --init-groups env -i -C /opt/sunlot/current PATH=/usr/bin:/bin BOOTSTRAP=off DATA_DIR=/var/lib/sunlot \
        DJANGO_SETTINGS_MODULE=config.settings SECRET_KEY_FILE="$secrets/secret-key" FIELD_KEYS_FILE="$secrets/field-keys" EMAIL_URL_FILE="$secrets/email-url" EVIDENCE_BUCKET_FILE="$secrets/evidence-bucket" \
        DATABASE_URL_FILE="$secrets/database-url" CELERY_BROKER_URL_FILE="$secrets/broker-url" BIND=unix:/run/sunlot/web.sock READY_FILE="/tmp/$1.ready" \
        sh -c "umask 0; exec $command" > "/var/log/$1.log" 2>&1 &
}
chown sunlot /run/sunlot; install -d -o sunlot /run/sunlot-beat
start sunlot-web.service; start sunlot-worker.service; start sunlot-beat.service
nginx
for _try in $(seq 60); do
    [ -e /tmp/sunlot-worker.service.ready ] && [ -e /tmp/sunlot-beat.service.ready ] && [ -S /run/sunlot/web.sock ] && break
    sleep 1
done
echo "127.0.0.1 sunlot.test" >> /etc/hosts
cat > /tmp/fetch.py <<'FETCH'
import ssl, sys, urllib.error, urllib.request
trust = ssl.create_default_context(cafile="/etc/sunlot/tls/fullchain.pem")
for path in sys.argv[1:]:
    try:
        with urllib.request.urlopen("https://sunlot.test" + path, context=trust) as answer:
            body = answer.read().decode()
            print(path, answer.status, len(body), answer.headers.get("X-Cache", "-"), "阳光抽查" in body)
    except urllib.error.HTTPError as error:
        print(path, error.code, error.read().decode()[:300])
FETCH
python3 /tmp/fetch.py / / /office/sign-in/ /static/css/base.css /healthz
/usr/local/sbin/sunlot found_office | head -3
/usr/local/sbin/sunlot sweep
/usr/local/sbin/sunlot check_invariants
/usr/local/sbin/sunlot verify_ledger
sleep 20
cat /proc/[0-9]*/smaps_rollup 2> /dev/null | awk '/^Pss:/ { all += $2 } END { print "at rest " int(all / 1024) " MB" }'
echo "done after $(($(date +%s) - began)) seconds"
