/**
 * `sh` functions that put a file in its place, shared by all scripts that write. What a program says on stderr is kept in
 * `said`; each returns one of the codes of `fileReason`.
 *
 * - `real PATH` sets `d` to the place behind the links at the end of a path, and `p` to its directory with a `/`.
 * - `st PATH` prints mode, owner, group (numbers) and size.
 * - `own TEMP DEST MODE OWNER GROUP` gives a temp file its owner and mode; those not given (empty) are those of the file that
 *   is there, else what a new file gets, and 0644.
 * - `flush FILE…` has files on disk before it returns, where the host can: fsync(1) of FreeBSD and busybox, sync(1) of GNU;
 *   an old sync takes no files and flushes everything.
 */
export const WRITING = `
LC_ALL=C; export LC_ALL; umask 077
said=
st() { stat -c '%a %u %g %s' "$1" 2>/dev/null || stat -f '%Mp%Lp %u %g %z' "$1" 2>/dev/null; }
real() {
  d=$1 n=0
  case $d in /*) ;; *) d=./$d ;; esac
  while [ -h "$d" ]; do
    n=$((n + 1))
    [ $n -le 40 ] || return 85
    l=$(readlink "$d" && echo x) || return 85
    l=\${l%?x}
    case $l in /*) d=$l ;; *) d=\${d%/*}/$l ;; esac
  done
  p=\${d%/*}/
  [ ! -d "$d" ] || return 82
  [ -d "$p" ] || return 81
}
own() {
  m=$3 o=$4 g=$5
  if [ -e "$2" ] && { [ -z "$m" ] || [ -z "$o" ] || [ -z "$g" ]; }; then
    s=$(st "$2") || return 89
    set -- "$1" "$2" $s
    [ -n "$m" ] || m=$3
    [ -n "$o" ] || o=$4
    [ -n "$g" ] || g=$5
  fi
  if [ -n "$o$g" ]; then
    set -- "$1" $(st "$1")
    if [ "$3 $4" != "$o $g" ]; then said=$(chown "$o\${g:+:$g}" "$1" 2>&1) || return 86; fi
  fi
  said=$(chmod "\${m:-0644}" "$1" 2>&1) || return 87
}
flush() { { if command -v fsync; then fsync "$@"; else sync "$@"; fi; } >/dev/null 2>&1; :; }
full() { said=$said$(dd if=/dev/zero bs=4096 count=16 2>&1 >>"$1"); }
`
