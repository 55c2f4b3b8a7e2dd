import { createHash } from 'node:crypto'
import { UsageError } from '../../src/engine/errors.js'
import type { Fact } from '../../src/engine/fact.js'
import type { PlanHost } from '../../src/engine/operation.js'
import type { FileStatus } from '../../src/facts/file-status.js'
import { isObject, type Json, type JsonObject, objectIn, textsIn } from './cases.js'

/** Answers to our facts, by name, from what a case recorded. */
export type Answers = Readonly<Record<string, (args: JsonObject) => unknown>>

/** A host that knows only what a case recorded of it, as planned for by root on Linux. */
export function recordedHost(answers: Answers, recorded: JsonObject): PlanHost {
  const all: Answers = {
    'server.identity': () => ({ user: 'root', uid: 0, group: 'root' }),
    'server.kernel': () => ({ name: 'Linux' }),
    ...answers,
  }
  const localBytes = (path: string): Buffer => {
    const files = objectIn(objectIn(recorded.local_files).files)
    if (!(path in files)) throw new UsageError(`${path}: no such file`)
    return Buffer.from(localText(files[path]))
  }
  return {
    name: 'recorded',
    groups: [],
    data: {},
    async fact<A, T>(fact: Fact<A, T>, args?: A): Promise<T> {
      const question = fact.ask(args)
      const answer = all[question.fact]
      if (!answer) throw new Error(`the case was asked ${question.key}, which its adapter does not answer`)
      // the adapters stand for a host here: what they answer is of the fact's type, or the case fails
      return answer(objectIn(question.args)) as T
    },
    readLocal: async path => localBytes(path),
    async localFile(path) {
      const bytes = localBytes(path)
      return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    },
  }
}

/** pyinfra's tests stand this text for a local file of which only the name is recorded. */
function localText(content: Json | undefined): string {
  return typeof content === 'string' ? content : '_test_data_'
}

/** What a recorded fact says of a path: keys are `path=…`, followed by other arguments perhaps, with spaces escaped perhaps. */
export function ofPath(facts: JsonObject, fact: string, path: string): Json | undefined {
  const spellings = [path, path.replaceAll(' ', '\\ ')]
  const entry = Object.entries(objectIn(facts[fact])).find(([key]) => spellings.includes(pathIn(key)))
  return entry?.[1]
}

function pathIn(key: string): string {
  return absolute(/(?:^|, )path=(.*?)(?:, \w+=.*)?$/.exec(key)?.[1] ?? '')
}

/** pyinfra takes paths relative to the login directory, muster does not: these stand for each other. */
export function absolute(path: string): string {
  const plain = path.replace(/^path:/, '')
  return plain.startsWith('/') ? plain : `/${plain}`
}

/** Answers of the facts about paths, from pyinfra's facts File, Directory, Link, Sha1File and FindInFile. */
export function pathAnswers(recorded: JsonObject): Answers {
  const facts = objectIn(recorded.facts)
  const status = (args: JsonObject): FileStatus | undefined => recordedStatus(facts, String(args.path))
  const text = (args: JsonObject): string | undefined => recordedText(recorded, facts, String(args.path))
  return {
    'files.file': status,
    'files.resolved': ({ path }) => `${path}${LINKED}`,
    'files.below': () => [],
    'files.sameFile': () => false,
    'files.text': text,
    'files.content': args => ({ kind: 'text', text: text(args) ?? '' }),
  }
}

const LINKED = '.linked'

function recordedStatus(facts: JsonObject, path: string): FileStatus | undefined {
  if (path.endsWith(LINKED)) return { type: 'directory', ...attributesOf(true) }
  const [link, directory, file, lines] = ['files.Link', 'files.Directory', 'files.File', 'files.FindInFile'].map(fact =>
    ofPath(facts, fact, path),
  )
  if (link) return { type: 'link', target: String(objectIn(link).link_target), ...attributesOf(link) }
  if (directory) return { type: 'directory', ...attributesOf(directory) }
  if (file || lines) return { type: 'file', size: 0, ...attributesOf(file ?? true) }
  if (file === false || link === false) return { type: 'directory', ...attributesOf(true) }
  if (directory === false) return { type: 'file', size: 0, ...attributesOf(true) }
  // a directory nothing is recorded of is taken to be there, as pyinfra takes it
  const recordedAbsent = [link, directory, file].includes(null)
  const parentOfRecorded = isParent(facts, path)
  return !recordedAbsent && parentOfRecorded ? { type: 'directory', ...attributesOf(true) } : undefined
}

function isParent(facts: JsonObject, path: string): boolean {
  const prefix = path === '/' ? '/' : `${path}/`
  return Object.values(facts).some(
    answers => isObject(answers) && Object.keys(answers).some(key => pathIn(key).startsWith(prefix)),
  )
}

function attributesOf(value: Json): { mode: string; owner: string; group: string } {
  const { mode, user, group } = objectIn(value)
  return {
    mode: String(mode ?? 644).padStart(4, '0'),
    owner: typeof user === 'string' ? user : 'root',
    group: typeof group === 'string' ? group : 'root',
  }
}

function recordedText(recorded: JsonObject, facts: JsonObject, path: string): string | undefined {
  const found = Object.entries(objectIn(facts['files.FindInFile'])).filter(([key]) => pathIn(key) === path)
  if (found.length > 0) {
    const lines = found.flatMap(([, held]) => textsIn(held))
    return found.every(([, held]) => held === null) ? undefined : lines.map(line => `${line}\n`).join('')
  }
  const sha1 = ofPath(facts, 'files.Sha1File', path)
  const local = Object.values(objectIn(objectIn(recorded.local_files).files)).map(localText)
  return local.find(content => createHash('sha1').update(content).digest('hex') === sha1) ?? 'something else'
}
