import type { RecordedCase } from './cases.js'
import { callIn } from './operations.js'

/** A deliberate difference from pyinfra: which cases it shows in, and why it is there. */
export interface Deviation {
  readonly applies: (recorded: RecordedCase) => boolean
  readonly reason: string
}

/** Cases by id. */
const cases =
  (...ids: readonly string[]) =>
  ({ id }: RecordedCase): boolean =>
    ids.includes(id)

/** Calls of a subject that give an argument, or give it a value that fits. */
const argument =
  (subject: RegExp, name: string, fits: (value: unknown) => boolean = value => value !== undefined) =>
  ({ subject: of, recorded }: RecordedCase): boolean =>
    subject.test(of) && fits(callIn(of, recorded)[name])

export const factDeviations: readonly Deviation[] = [
  {
    applies: cases('server.Users/mixed'),
    reason:
      'neither last login nor password hash is read (the hash is a secret, and both take a process for each account); two groups of one number have one name, that of the first',
  },
  {
    applies: cases('server.LinuxDistribution/centos-7'),
    reason: 'the name is os-release’s own (CentOS Linux), and the point release 7.7.1908 is read too, where it is told',
  },
  {
    applies: cases('server.LinuxDistribution/no_match'),
    reason: 'a host without release files is named for its kernel, so that a name is always there',
  },
  {
    applies: cases('files.File/invalid_output'),
    reason: 'output that cannot be read is a FactError with the output, never “nothing is there”',
  },
  {
    applies: cases('files.Directory/valid', 'files.Link/valid'),
    reason: 'the size of a directory or link says nothing a person asked for, and nothing a plan could foresee',
  },
]

export const operationDeviations: readonly Deviation[] = [
  {
    applies: argument(/^files\.(file|directory|link)$/, 'force'),
    reason: 'nothing in the way is moved aside or removed: the call is refused and says what stands there',
  },
  {
    applies: argument(/^files\.(line|block|replace)$/, 'backup'),
    reason: 'no copies beside the file: the change carries its own undo',
  },
  {
    applies: argument(/^files\./, 'mode', mode => mode === true || /[^0-7]/.test(String(mode ?? ''))),
    reason: 'permission bits are octal text: symbolic ones, or those of the local file, are not known before the plan',
  },
  {
    applies: argument(/^files\.file$/, 'touch'),
    reason: 'a new time stamp is no state to be in: server.shell touches files',
  },
  {
    applies: cases('git.repo/clone_keyscan', 'git.repo/clone'),
    reason:
      'host keys are not taken on trust (ssh_keyscan), and whose the files are is said with files.attributes (user)',
  },
  {
    applies: argument(/^git\.repo$/, 'update_submodules'),
    reason: 'submodules are not brought along',
  },
  {
    applies: argument(/^server\.user$/, 'public_keys'),
    reason: 'authorized keys are not part of an account: they come as an operation of their own',
  },
]
