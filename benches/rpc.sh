#!/usr/bin/env bash
# `./dev bench rpc`: builds the bench and runs it on the database at ZHENSHI_BENCH_DATABASE_URL, which `dev` starts.
#
# h2load has the first processor for itself, the servers have the others: what the driver costs must not count as theirs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v h2load >/dev/null || { echo "bench rpc: no h2load; run ./dev bench rpc" >&2 && exit 1; }
last=$(($(nproc) - 1))
[ "$last" -ge 1 ] || { echo "bench rpc: needs two processors" >&2 && exit 1; }
cargo bench --bench rpc --no-run
if pgrep -x rustc >/dev/null; then echo "bench rpc: warning: something is being compiled meanwhile" >&2; fi
RUST_LOG=warn taskset -c "1-$last" cargo bench --quiet --bench rpc
