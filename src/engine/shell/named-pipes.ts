import { quote } from './quote.js'

/**
 * `sh` text that makes three named pipes and joins its own stdin, stdout and stderr to them. It says their common path on a line,
 * waits for a line that says that the other end has opened them, and takes their names away. It ends with what is at the other end.
 *
 * Opened for both reading and writing no pipe waits for anybody, which Linux and the BSDs do alike; the second opening has each
 * in one direction alone, so that an end is seen as one. A place in memory is there on a full disk, too. dd(1) passes on what it reads
 * at once, where busybox's cat waits for 16 MiB (sendfile(2) from one pipe to another).
 *
 * @param name nobody can guess it: who knows it can write to the shell.
 * @param shared whether somebody else than root is to open them: then every user may who knows the name.
 */
export function pipesScript(name: string, shared: boolean): string {
  return `umask 077; p=
for at in /dev/shm "\${TMPDIR:-/tmp}" /var/tmp "$HOME"; do
  d=$at/.muster-${name.slice(0, 8)}
  mkdir "$d" 2>/dev/null || continue
  p=$d/${name}
  mkfifo "$p-in" "$p-out" "$p-err" && break
  rm -rf "$d"; p=
done
[ -n "$p" ] || exit 1
trap 'rm -rf "$d"; exit 1' 1 2 15
${shared ? 'chmod 711 "$d"; chmod 666 "$p-in" "$p-out" "$p-err"' : ':'}
exec 5<>"$p-in" 6<>"$p-out" 7<>"$p-err" && printf '%s\\n' "$p" && read -r joined || { rm -rf "$d"; exit 1; }
exec 3<&0 4<"$p-err" 8>"$p-in" 9<"$p-out" 5>&- 6>&- 7>&-
rm -rf "$d"
trap - 1 2 15
dd bs=65536 <&3 >&8 2>/dev/null 3<&- 4<&- 8>&- 9<&- & in=$!
dd bs=65536 <&4 >&2 2>/dev/null 3<&- 4<&- 8>&- 9<&- & err=$!
exec 4<&- 8>&-
dd bs=65536 <&9 2>/dev/null 3<&- 9<&-
wait $err
kill $in 2>/dev/null
:
`
}

/**
 * `sh` text that starts a program's script with the pipes of {@link pipesScript} for its stdin and outputs, and says `joined` once it
 * has them. The program has no terminal where setsid(1) is there to take it away: nothing can then ask questions that nobody sees.
 *
 * @param path as that script said it.
 */
export function joinScript(path: string, joined: string, script: string): string {
  const start = `sh -c ${quote(`echo ${joined} >&3; exec 3>&-; ${script}`)}`
  const [input, output, errors] = ['in', 'out', 'err'].map(end => quote(`${path}-${end}`))
  return `free=; command -v setsid >/dev/null 2>&1 && free=setsid
$free ${start} 3>&1 <${input} >${output} 2>${errors}
exit $?`
}
