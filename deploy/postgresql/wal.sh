#!/bin/bash
# Copies of PostgreSQL to the minute, closed with the auditor's public key as everything that leaves the server. Run by the user postgres.
#
#     wal.sh keep FOLDER PATH NAME     archive_command: one finished piece of its log, whole or not at all; told twice, it is kept once
#     wal.sh base FOLDER [KEEP]        a copy of the whole cluster to begin from; the newest KEEP (2) stay, with the pieces since the older of them
#     wal.sh fetch FOLDER IDENTITY NAME PATH     restore_command, on the machine that is restored to
#
# FOLDER is on another disk or machine, belongs to postgres (0700), and holds recipients.txt: one line “age1…” for each who may open it.
set -euo pipefail
umask 077
what=$1 to=$2

closed() { # NAME: what standard input says goes into the file NAME.age, which has its name when it is whole and on the disk
    gzip -1 | age -R "$to/recipients.txt" > "$to/$1.part"
    sync "$to/$1.part"
    mv "$to/$1.part" "$to/$1.age"
    sync "$to"
}

case $what in
    keep)
        path=$3 name=$4
        sum=$(sha256sum < "$path" | cut -c1-64)
        if [ -e "$to/$name.sum" ]; then [ "$(cat "$to/$name.sum")" = "$sum" ]; exit; fi # another piece of that name is never written over
        closed "$name" < "$path"
        echo "$sum" > "$to/$name.sum"
        sync "$to/$name.sum"
        ;;
    base)
        began=$(date +%s)
        name=base-$(date -u -d "@$began" +%Y%m%dT%H%M%SZ)
        "${PG_BASEBACKUP:-pg_basebackup}" --pgdata=- --format=tar --wal-method=none --checkpoint=fast --no-password | closed "$name"
        touch -d "@$began" "$to/$name.age"
        bases=("$to"/base-*.age) # in the order of their time
        while ((${#bases[@]} > ${3:-2})); do
            rm "${bases[0]}"
            bases=("${bases[@]:1}")
        done
        find "$to" -maxdepth 1 -regextype posix-extended -regex '.*/[0-9A-F]{24}\.(age|sum)' ! -newer "${bases[0]}" -delete
        echo "$to/$name.age"
        ;;
    fetch)
        identity=$3 name=$4 path=$5
        [ -e "$to/$name.age" ] || exit 1
        age -d -i "$identity" "$to/$name.age" | gzip -d > "$path"
        ;;
    *) exit 2 ;;
esac
