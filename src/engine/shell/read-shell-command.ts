import { type Identity, LOGIN } from '../connect/link.js'
import { Words } from './words.js'

/**
 * Reads a command line of {@link shellCommand} that starts a held shell: its inverse, for simulated hosts.
 *
 * @returns `undefined` for any other command.
 */
export function readShellCommand(command: string): { readonly identity: Identity; readonly hello: string } | undefined {
  const [exec, ...words] = new Words(command).all()
  const hello = /\becho (\S+) \$\$; echo \1 >&2; exec sh$/.exec(innermost(words.at(-1) ?? ''))?.[1]
  if (exec !== 'exec' || hello === undefined) return undefined
  const [program, , via] = words
  if (program === 'sh') return { identity: LOGIN, hello }
  if (program !== 'env') return undefined
  if (via === 'su') return { identity: { via, user: words[3] ?? '' }, hello }
  if (via !== 'sudo' && via !== 'doas') return undefined
  return { identity: { via, user: words[words.indexOf('-u') + 1] ?? '' }, hello }
}

/** su(1) gives a command to the user's own shell, which then starts `sh`. */
function innermost(script: string): string {
  return script.startsWith('exec sh -c ') ? (new Words(script).all()[3] ?? '') : script
}
