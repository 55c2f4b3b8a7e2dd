/** `&` that joins commands or redirects output, not one that sends a command to the background. */
const JOINING = /&&|[<>]&|&>/g
/** Programs that start others which outlive them, often with the outputs they were given. */
const STARTERS = /\b(?:start-stop-daemon|daemonize|coproc)\b|(?:^|[\s;|(])service\s|\/init\.d\//

/**
 * Whether a script may leave a process behind that holds its outputs: what that says later must not be taken for another command's.
 * When in doubt (an `&` in quotes), yes: it costs the next command a new shell, no more.
 */
export function mayLeaveBehind(script: string): boolean {
  return (script.includes('&') && script.replace(JOINING, '').includes('&')) || STARTERS.test(script)
}
