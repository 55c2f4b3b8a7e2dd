/** A word without anything a shell would work on but names of files: no variables, substitutions, redirections, comments. */
const WORD = `(?:[\\w./:@%+,=*?^-]|'[^'\\n]*'|"[^"$\`\\\\!\\n]*")+`

/**
 * Programs that are no builtin of any POSIX shell, or one that leaves the shell as it was. Only of these it is known that they need
 * no subshell; of all others it is not asked.
 */
const PROGRAMS =
  'apk|apt-cache|apt-get|basename|cat|chgrp|chmod|chown|cmp|cp|curl|cut|date|df|diff|dirname|dmesg|docker|dpkg|dpkg-query|du|echo|' +
  'env|expr|false|file|find|free|getent|git|grep|head|hostname|hostnamectl|id|ip|journalctl|kubectl|last|ln|ls|lsblk|lsof|md5sum|mkdir|' +
  'mount|mv|netstat|nproc|od|ping|podman|ps|readlink|rm|rmdir|rpm|sed|sha256sum|sleep|sort|ss|stat|sync|sysctl|systemctl|tail|' +
  'tar|touch|tr|true|uname|uniq|uptime|wc|which|who|whoami|zcat'

/** A builtin that only looks. */
const LOOKUP = 'command -v'
const PROGRAM = `(?:[\\w.+-]*/[\\w./+-]+|${PROGRAMS}|${LOOKUP})(?=[\\s;|&]|$)`
const SIMPLE = `${PROGRAM}(?: +${WORD})*`
const PLAIN = new RegExp(`^ *${SIMPLE}(?: *(?:;|&&|\\|\\|?) *${SIMPLE})*;?\\s*$`)
/** Longer ones are not looked at: matching takes time, and what they run takes longer than the fork that is saved. */
const LONGEST = 500

/**
 * Whether a script is such that nothing of it can outlive it in the shell that runs it: it then needs no subshell, whose fork is
 * most of what a short command costs.
 */
export function isPlain(script: string): boolean {
  return script.length <= LONGEST && PLAIN.test(script)
}
