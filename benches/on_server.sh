#!/usr/bin/env bash
# `./dev bench record`, `./dev bench tplus1` and `./dev bench worklist`: builds the bench named by the first argument, starts a PostgreSQL of its own,
# runs the bench on it, and removes all of it.
#
# Unlike the server of the tests this one keeps its promises: fsync and synchronous_commit are on. Its data lie in
# ZHENSHI_BENCH_DIR (default /tmp), which must be on a disk. What else the environment sets is told in README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly NAME="${1:?which bench}"
# record works on a small database beside pgbench; tplus1 holds a book of 10 million contacts in memory,
# worklist a million cases.
declare -Ar SHARED_BUFFERS=([record]=512MB [tplus1]=6GB [worklist]=2GB [page]=2GB)

say() { printf '%s\n' "bench $NAME: $*" >&2; }
die() {
    say "$*"
    exit 1
}

# Directory of the newest server binaries that have pgbench beside them.
server_bin() {
    local dir version best="" best_version=0
    for dir in /usr/lib/postgresql/*/bin $(tr ':' ' ' <<<"$PATH"); do
        [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ -x "$dir/pgbench" ] || continue
        version=$("$dir/pg_ctl" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        [ "$version" -gt "$best_version" ] && best="$dir" best_version="$version"
    done
    [ -n "$best" ] && printf '%s\n' "$best"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@" </dev/null); else "$@" </dev/null; fi
}

BIN="$(server_bin)" || die "no PostgreSQL server with pgbench; run: sudo ./dev postgres"
cargo bench --bench "$NAME" --no-run

WORK="$(mktemp -d "${ZHENSHI_BENCH_DIR:-/tmp}/zb-XXXX")"
stop() {
    local status=$?
    trap - EXIT
    as_postgres "$BIN/pg_ctl" -D "$WORK/server/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$WORK"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
case "$(stat -f -c %T "$WORK")" in
tmpfs | ramfs) die "$WORK is in memory, where fsync costs nothing; set ZHENSHI_BENCH_DIR to a directory on a disk" ;;
esac

chmod 711 "$WORK"
mkdir "$WORK/server" "$WORK/run"
if [ "$(id -u)" = 0 ]; then chown postgres: "$WORK/server"; fi
as_postgres "$BIN/initdb" -D "$WORK/server/data" -U zhenshi -A trust -E UTF8 --locale=C >/dev/null
# One server for both sides. No checkpoint and no vacuum falls into a run: each begins after a checkpoint.
as_postgres "$BIN/pg_ctl" -D "$WORK/server/data" -l "$WORK/server/log" -w -s start -o "\
    -c listen_addresses='' -c unix_socket_directories='$WORK/server' -c max_connections=300 \
    -c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=${SHARED_BUFFERS[$NAME]} \
    -c max_wal_size=8GB -c checkpoint_timeout=1h -c autovacuum=off" || {
    tail -20 "$WORK/server/log" >&2
    die "the server did not start"
}

say "$("$BIN/pgbench" --version), $(nproc) cores, data on $(stat -f -c %T "$WORK")"
if pgrep -x rustc >/dev/null; then say "warning: something is being compiled meanwhile"; fi
ZHENSHI_BENCH_SOCKET="$WORK/server" ZHENSHI_BENCH_FOLDER="$WORK/run" ZHENSHI_BENCH_PGBENCH="$BIN/pgbench" RUST_LOG=warn \
    cargo bench --quiet --bench "$NAME"
