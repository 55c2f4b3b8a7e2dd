import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../engine/errors.js'
import { suggest } from '../engine/nodeset/pattern.js'
import type { CommonFlags } from './commands/flags.js'

/**
 * Runs the command line.
 *
 * @param args what follows the program's name
 * @returns the exit code: 0 all fine, 1 a host or the code failed (`check`: 2 for changes, 1 for errors), 2 wrong usage, 130 interrupted
 * @throws {UsageError} for wrong usage
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code = 0
  const done = (result: number): void => {
    code = result
  }
  const program = buildProgram(done)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (error.code === 'commander.excessArguments')
      throw new UsageError(
        `There is no command ${args[0]}${suggest(
          args[0] ?? '',
          program.commands.map(each => each.name()),
        )} See muster --help.`,
      )
    throw new UsageError(
      `${error.message
        .replace(/^error: /, '')
        .replaceAll('\n', ' ')
        .replace(/\.?$/, '.')} See ${helpFor(args[0], program)}.`,
    )
  }
  return code
}

/** The words that show the help of the command that was meant. */
function helpFor(word: string | undefined, program: Command): string {
  return program.commands.some(command => command.name() === word) ? `muster ${word} --help` : 'muster --help'
}

function buildProgram(done: (code: number) => void): Command {
  const program = new Command('muster')
    .description(
      'Hold live connections to a fleet, evaluate TypeScript against it, see facts and diffs, keep what worked as a deploy.',
    )
    .version(version(), '-V, --version')
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', EXAMPLES)
    .hook('preSubcommand', handOver)

  common(
    program.argument(
      '[inventory]',
      'inventory.ts, web-[1-3],db-1, @local; default: the inventory file of this directory',
    ),
  )
    .option('-e, --eval <code>', 'evaluate one cell, or any line of a session, and print its value')
    .option('--plain', 'lines instead of panes')
    .action(async (inventory: string | undefined, flags: CommonFlags & { eval?: string }) => {
      const { openInteractive, evaluate } = await import('./commands/session.js')
      done(
        flags.eval === undefined
          ? await openInteractive(inventory, flags)
          : await evaluate(inventory, flags.eval, flags),
      )
    })

  common(
    program.command('exec <inventory> <command...>').description('run a shell command on every host; answers folded'),
  )
    .option('--sudo [user]', 'run it by sudo, as root or as this user')
    .option('--timeout <seconds>', 'kill it after so long', number)
    .option('--parallel <n>', 'most hosts at once', number)
    .option('--lines', 'one line per host and line of output instead of folding')
    .action(async (inventory: string, command: string[], flags) =>
      done(await (await import('./commands/exec.js')).exec(inventory, command, flags)),
    )

  program
    .command('shell <inventory> [host]')
    .description('a login shell of one host on this terminal; Enter ~ . gives it up')
    .option('--ssh-config [file]', 'take the hosts from ssh_config; the inventory argument then is a pattern')
    .option('--sudo [user]', 'as root or this user, by sudo')
    .option('--su [user]', 'as root or this user, by su')
    .option('--doas [user]', 'as root or this user, by doas')
    .action(async (inventory: string, host: string | undefined, flags) =>
      done(await (await import('./commands/shell.js')).shell(inventory, host, flags)),
    )

  common(
    program
      .command('copy <inventory> <paths...>')
      .description('copy local files or directories to every host, or with --download from every host to here')
      .addHelpText('after', COPY_HELP),
  )
    .option('--download', 'copy from the hosts; the name of each host is added to the local path')
    .option('--sudo [user]', 'read and write on the hosts by sudo, as root or as this user')
    .option('--mode <octal>', 'mode of the files there, such as 0644')
    .option('--owner <user>', 'owner there')
    .option('--group <group>', 'group there')
    .option('--exclude <pattern...>', 'leave out: *.log for a name anywhere, build/cache for a path')
    .option('-L, --follow-links', 'copy what links lead to instead of the links')
    .option('--overwrite', 'with --download: replace files here that differ')
    .option('--timeout <seconds>', 'give up after so long', number)
    .option('--parallel <n>', 'most hosts at once', number)
    .action(async (inventory: string, paths: string[], flags) =>
      done(await (await import('./commands/copy.js')).copy(inventory, paths, flags)),
    )

  common(
    program
      .command('fact <inventory> <fact> [args...]')
      .description('read a fact of every host: server.os, files.file path=/etc/hosts'),
  )
    .option('--sudo [user]', 'read it by sudo')
    .action(async (inventory: string, fact: string, args: string[], flags) =>
      done(await (await import('./commands/fact.js')).fact(inventory, fact, args, flags)),
    )

  common(program.command('run <inventory> <deploy>').description('plan a deploy, ask, apply it, report'))
    .option('--dry-run', 'plan only')
    .option('--diff', 'show diffs in the plan (they are always shown before a question)')
    .option('-y, --yes', 'apply without asking')
    .option('--because <text>', 'why: it is recorded with what is changed')
    .option('--max-failures <n>', 'stop when more hosts than this have failed: a count or a share such as 10%')
    .action(async (inventory: string, deploy: string, flags) =>
      done(await (await import('./commands/run.js')).run(inventory, deploy, flags)),
    )

  common(
    program
      .command('check <inventory> <deploy>')
      .description(
        'tell whether hosts still are as a deploy, or a recorded session, leaves them: exit 0 same, 2 changes or unknown, 1 error',
      ),
  )
    .option('--diff', 'show the differences; they are shown anyhow')
    .option('--no-diff', 'how much differs, without the differences')
    .option('-q, --quiet', 'only what differs, and nothing where nothing does: for cron')
    .option('--ignore <what...>', 'what does not count: /etc/motd, :mode, /etc/motd:mode, packages:linux-*')
    .action(async (inventory: string, deploy: string, flags) =>
      done(await (await import('./commands/check.js')).check(inventory, deploy, flags)),
    )

  common(program.command('inventory [inventory]').description('list hosts, groups and data'))
    .option('--types', 'write muster.generated.d.ts, which makes your editor know the names')
    .action(async (inventory: string | undefined, flags) =>
      done(await (await import('./commands/inventory.js')).inventory(inventory, flags)),
    )

  common(
    program
      .command('doctor [inventory] [pattern]')
      .description('connect hosts and tell how it went, phase by phase, and what to do where it failed'),
  )
    .option('--sudo [user]', 'also try to become root, or this user, by sudo')
    .action(async (inventory: string | undefined, pattern: string | undefined, flags) =>
      done(await (await import('./commands/doctor.js')).doctor(inventory, pattern, flags)),
    )

  common(
    program
      .command('open <session> [inventory]')
      .description('open a saved notebook in a session, by default on the inventory it was saved with'),
  )
    .option('--plain', 'lines instead of panes')
    .action(async (session: string, inventory: string | undefined, flags) =>
      done(await (await import('./commands/session.js')).openSaved(session, inventory, flags)),
    )

  common(
    program
      .command('export <session> [inventory]')
      .description(
        'write what a recorded session changed as a deploy module, proven on the hosts of an inventory, or by the record',
      ),
  )
    .option('-o, --output <file>', 'where to; default: stdout')
    .option('--force', 'write over an export of another session, or one that was edited since')
    .option('--drop-shell', 'leave out shell lines that no operation stands for')
    .option(
      '--reads <how>',
      'reads that decide: conditions (asked each time, the default) or constants (written down; shown as a diff)',
    )
    .option(
      '--verify',
      'prove an exported deploy again, by the record as it was, or on hosts: muster export --verify deploy.ts inventory.ts; exit 2 when it fails',
    )
    .action(async (session: string, inventory: string | undefined, flags) =>
      done(await (await import('./commands/export.js')).exportSaved(session, inventory, flags)),
    )

  program
    .command('replay <session>')
    .description(
      'open a recorded session without its hosts: facts and commands answer as they did, :timeline steps through',
    )
    .option('--play [speed]', 'from its beginning, as it happened, so many times as fast')
    .option('--asciicast <file>', 'write it as a recording that asciinema plays, instead')
    .option('--speed <n>', 'with --asciicast: so many times as fast', number)
    .option('--plain', 'lines instead of panes')
    .option('--json', 'one record a line')
    .action(async (session: string, flags) =>
      done(
        flags.asciicast === undefined
          ? await (await import('./commands/session.js')).openRecorded(session, flags)
          : await (await import('./commands/asciicast.js')).asciicast(session, flags.asciicast, flags.speed ?? 1),
      ),
    )

  program
    .command('report <session>')
    .description('write a recorded session as a page to read: html, md, ipynb or json, by the ending of the file')
    .option('-o, --output <file>', 'where to; default: Markdown to stdout')
    .addOption(
      new Option('--format <format>', 'whatever the ending of the file').choices(['html', 'md', 'ipynb', 'json']),
    )
    .action(async (session: string, flags) => done(await (await import('./commands/report.js')).report(session, flags)))

  const history = program
    .command('history')
    .description('what was changed, by whom, when and why, from the journals of all sessions')
    .option('--host <pattern>', 'only on these hosts')
    .option('--path <path>', 'only this file or what is below this directory')
    .option('--about <name>', 'only this package, unit, user or operation')
    .option('--since <when>', '2026-11-22, 2026-11-22T14:00, 14:00, yesterday, 3d, 12h', past)
    .option('--until <when>', 'the same', past)
    .option('--session <name>', 'only this session')
    .option('--json', 'one record a line')
    .action(async flags => done(await (await import('./commands/history.js')).history(flags)))
  history
    .command('verify [session]')
    .description('check the chain of hashes of one session, or of all: exit 1 where a journal is not what was written')
    .action(async (session: string | undefined) => done(await (await import('./commands/history.js')).verify(session)))
  history
    .command('prune')
    .description('remove old sessions; notebooks stay, and sessions that are being held')
    .option('--older-than <when>', 'those last written before: 90d, 2026-01-01', past)
    .option('--keep <n>', 'all but so many of the newest', number)
    .option('--max-size <bytes>', 'the oldest, until the rest takes no more: 500M, 2G', size)
    .option('-y, --yes', 'remove them; without it, only tell')
    .action(async flags => done(await (await import('./commands/history.js')).prune(flags)))

  program
    .command('demo')
    .description('open a session on an embedded fleet of five hosts; nothing of yours is touched')
    .option('-e, --eval <code>', 'evaluate one cell, or any line of a session, and print its value')
    .option('--plain', 'lines instead of panes')
    .addOption(new Option('--json', 'one event a line'))
    .action(async flags => done(await (await import('./commands/demo.js')).demo(flags)))

  program
    .command('completion <shell>')
    .description('print the script that makes bash, zsh or fish complete all this')
    .action(async (shell: string) => done((await import('./commands/completion.js')).completion(shell)))

  program
    .command('__complete [words...]', { hidden: true })
    .action(async (words: string[]) => done(await (await import('./commands/completion.js')).complete(program, words)))

  return program
}

/** Options that stand before a command are meant for it: `muster --json exec …`. @throws {UsageError} when it has no such */
function handOver(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName()
    if (program.getOptionValueSource(name) !== 'cli') continue
    if (!command.options.some(({ long }) => long === option.long))
      throw new UsageError(`muster ${command.name()} takes no ${option.long}. See muster ${command.name()} --help.`)
    command.setOptionValueWithSource(name, program.getOptionValue(name), 'cli')
  }
}

function common(command: Command): Command {
  return command
    .option('--ssh-config [file]', 'take the hosts from ssh_config; the inventory argument then is a pattern')
    .option('--limit <pattern>', 'only these hosts: web-[1-9],!web-3,@db')
    .option('--json', 'one record a line')
}

function number(text: string): number {
  const value = Number(text)
  if (!(value >= 0)) throw new InvalidArgumentError('It takes a number.')
  return value
}

/** A time in the past, milliseconds since the epoch. */
function past(text: string): number {
  const ago = /^(\d+)\s*([smhdw])$/.exec(text)
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[ago?.[2] ?? '']
  if (ago && seconds) return Date.now() - Number(ago[1]) * seconds * 1000
  const day = { today: 0, yesterday: 1 }[text]
  if (day !== undefined) {
    const midnight = new Date(new Date().setHours(0, 0, 0, 0))
    // no multiple of 24 hours where clocks were changed
    return midnight.setDate(midnight.getDate() - day)
  }
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hour !== undefined) return new Date().setHours(Number(hour), Number(minute), 0, 0)
  // a date alone would be taken for UTC
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It takes a time such as 2026-11-22, 2026-11-22T14:00, 14:00, yesterday, 3d or 12h.')
  return time
}

function size(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]?)$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('It takes a size such as 500M or 2G.')
  return Number(count) * 1024 ** ['', 'k', 'M', 'G', 'T'].indexOf(unit)
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

const COPY_HELP = `
The last path is where to. A file or directory becomes it, or goes into it when it ends in / or several are copied.

Examples:
  muster copy inventory.ts -- nginx.conf /etc/nginx/nginx.conf --sudo
  muster copy inventory.ts -- site/ /srv/site
  muster copy inventory.ts --download -- /var/log/syslog logs/         logs/syslog.web-1 …
  muster copy inventory.ts --download -- /etc/nginx 'hosts/{host}/nginx'
`

const EXAMPLES = `
Examples:
  muster demo                                a session on five hosts that come with muster
  muster web-[1-3],db-1                      a session on your hosts, as your ssh reaches them
  muster exec inventory.ts -- uptime         one command, answers folded
  muster copy inventory.ts -- motd /etc/motd copy files to every host
  muster shell inventory.ts web-1 --sudo     root's shell on one host
  muster fact inventory.ts server.os --json  one fact, as data
  muster run inventory.ts deploy.ts          plan, ask, apply, report
`
