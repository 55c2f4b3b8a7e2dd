/**
 * A POSIX `sh` script that ends what the held shell `pid` is running, and the shell itself: TERM, up to a second of grace, KILL.
 *
 * The command is found as the shell's descendants; its orphans (whose parent has died) as members of the shell's process group
 * no older than the running command, so that a process which an earlier command left behind on purpose is spared. Where this
 * script is in that group too, the server puts all its sessions into one (TinySSH), and a member may be anybody's.
 * Once its child is dead the shell would go on to the next line of its input. So it is stopped first; or, when it is watched by
 * sudo or su, which stop themselves with their child and would for ever stay so, it is killed as soon as it is known what it runs.
 * What has left the shell's process group and session and lost its parent (a daemon) is found by neither rule and runs on.
 * Processes come from `/proc` on Linux (busybox `ps` shows neither parent nor age), from `ps` elsewhere; where neither can be
 * read (a root file system without /proc), the shell's process group is all that is known of them. Prints nothing.
 */
export function killTreeScript(pid: number, watched: boolean): string {
  return `
top=${pid}
${watched ? ':' : 'kill -STOP $top 2>/dev/null'}
list=
if [ -r /proc/self/stat ]; then
  for f in /proc/[0-9]*/stat; do
    { read -r line <"$f"; } 2>/dev/null || continue
    p=\${line%% *}
    set -- \${line##*) }
    [ $# -ge 20 ] && list="$list $p $2 $3 \${20}"
  done
else
  list=$(ps -A -o pid= -o ppid= -o pgid= -o etimes= | while read -r p pp pg age; do echo "$p $pp $pg -$age"; done)
fi
group= own= first= tree=" $top "
more=1
while [ $more = 1 ]; do
  more=0
  set -- $list
  while [ $# -ge 4 ]; do
    if [ $1 = $top ]; then group=$3; fi
    if [ $1 = $$ ]; then own=$3; fi
    case $tree in
      *" $1 "*) ;;
      *" $2 "*)
        tree="$tree$1 "; more=1
        if [ $2 = $top ]; then
          if [ -z "$first" ] || [ $4 -lt $first ]; then first=$4; fi
        fi ;;
    esac
    shift 4
  done
done
if [ -n "$first" ] && [ "$group" != "$own" ]; then
  set -- $list
  while [ $# -ge 4 ]; do
    if [ $3 = "$group" ] && [ $4 -ge $first ]; then
      case $tree in *" $1 "*) ;; *) tree="$tree$1 " ;; esac
    fi
    shift 4
  done
fi
victims=
for p in $tree; do [ $p = $top ] || victims="$victims $p"; done
${watched ? 'kill -KILL $top 2>/dev/null' : ':'}
if [ -n "$victims" ]; then
  kill -TERM $victims 2>/dev/null
  kill -CONT $victims 2>/dev/null
  n=0
  while [ $n -lt 10 ]; do
    left=
    for p in $victims; do
      kill -0 $p 2>/dev/null || continue
      state=
      if [ -r /proc/$p/stat ]; then { read -r line </proc/$p/stat; } 2>/dev/null && state=\${line##*) }; fi
      case $state in Z*) ;; *) left="$left $p" ;; esac
    done
    [ -z "$left" ] && break
    sleep 0.1 2>/dev/null || { sleep 1; n=9; }
    n=$((n + 1))
  done
  [ -z "$left" ] || kill -KILL $left 2>/dev/null
fi
[ -n "$list" ] || kill -KILL -$top 2>/dev/null
kill -KILL $top 2>/dev/null
:
`
}
