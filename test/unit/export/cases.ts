import { HOSTS, type SessionScript } from '../session-script.js'

/** What was typed, and the body of the deploy it makes: below the imports, without the function around it. */
export interface ExportCase {
  readonly typed: SessionScript
  readonly shellLines?: 'drop'
  readonly reads?: 'constants'
  /** What variables held, by name. */
  readonly held?: Readonly<Record<string, unknown>>
  /** Imports besides that of `Fleet`. */
  readonly imports?: string
  /** Parameters besides the fleet. */
  readonly parameters?: readonly string[]
  readonly body: string
  /** Header lines below the proof. */
  readonly notes?: readonly string[]
}

const WEB = ['web-1', 'web-2', 'web-3']
const line = (source: string, more: object = {}) => ({
  source,
  operations: { 'files.line': ['/etc/ntp.conf'] },
  ...more,
})
const NTP = "files.line({ path: '/etc/ntp.conf', line: 'server ntp' })"

export const CASES: Readonly<Record<string, ExportCase>> = {
  'an operation on the focus': {
    typed: [line(NTP, { focus: ['web-1', 'web-3'] })],
    body: "await fleet.match('web-[1,3]').files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'the focus is a group': {
    typed: [line(NTP, { focus: WEB })],
    body: "await fleet.group('web').files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'the focus is all hosts': {
    typed: [line(NTP)],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'a focus used twice gets a name': {
    typed: [
      line("files.line({ path: '/a', line: 'x' })", { focus: WEB }),
      line("files.line({ path: '/b', line: 'x' })", { focus: WEB }),
      line("files.line({ path: '/c', line: 'x' })", { focus: ['web-1', 'db-1'] }),
      line("focus.files.line({ path: '/d', line: 'x' })", { focus: ['web-1', 'db-1'] }),
    ],
    body: `const web = fleet.group('web')
const hosts = fleet.match('web-1,db-1')
await web.files.line({ path: '/a', line: 'x' })
await web.files.line({ path: '/b', line: 'x' })
await hosts.files.line({ path: '/c', line: 'x' })
await hosts.files.line({ path: '/d', line: 'x' })`,
  },
  "selections of the person's own": {
    typed: [
      "const web = fleet.group('web')",
      line("web.files.line({ path: '/a', line: 'x' })"),
      "const db = group('db')",
      'web.size',
    ],
    body: `const web = fleet.group('web')
await web.files.line({ path: '/a', line: 'x' })`,
  },
  "the prompt's selections become the fleet's": {
    typed: [
      line("group('web').files.line({ path: '/a', line: 'x' })"),
      line("match('db-1').files.line({ path: '/a2', line: 'x' })"),
      line("await host('db-1').files.line({ path: '/b', line: 'x' })"),
    ],
    body: `await fleet.group('web').files.line({ path: '/a', line: 'x' })
await fleet.match('db-1').files.line({ path: '/a2', line: 'x' })
await fleet.host('db-1').files.line({ path: '/b', line: 'x' })`,
  },
  'marked hosts are the hosts they were': {
    typed: [line("sel.files.line({ path: '/a', line: 'x' })", { focus: ['web-2'] })],
    body: "await fleet.match('web-2').files.line({ path: '/a', line: 'x' })",
  },
  'reads that decide are written down, if so wanted': {
    typed: [
      { source: 'const os = await fleet.facts.server.os()', facts: ['server.os'] },
      "const old = os.where(o => o.family === 'debian')",
      line("old.files.line({ path: '/a', line: 'x' })", { focus: WEB }),
      { source: "const name = await host('db-1').facts.server.hostname()", facts: ['server.hostname'] },
      'const label = `on ${name}`',
      { source: "files.put({ dest: '/b', content: label })", operations: { 'files.put': ['/b'] } },
      line("old.with({ sudo: true }).files.line({ path: '/c', line: 'x' })", { focus: WEB }),
      { source: "apt.packages({ packages: ['ntp'] })", operations: { 'apt.packages': ['ntp'] }, focus: ['db-1'] },
    ],
    reads: 'constants',
    held: { name: 'db', label: "on 'db'\n" },
    body: `const os = await fleet.facts.server.os()
const old = os.where(o => o.family === 'debian')
await fleet.group('web').files.line({ path: '/a', line: 'x' })
const label = "on 'db'\\n"
await fleet.files.put({ dest: '/b', content: label })
await old.with({ sudo: true }).files.line({ path: '/c', line: 'x' })
await fleet.group('db').apt.packages({ packages: ['ntp'] })`,
  },
  'values that were read are written down, of every kind that has a short literal': {
    typed: [
      "const os = await host('db-1').facts.server.os()",
      "const answer = await host('db-1').with({ readOnly: true }).$`nproc`",
      'const cores = Number(answer.text)',
      'const { family } = os',
      "const names = ['a', os.id]",
      'const limits = { soft: cores * 2, hard: null, on: true }',
      'const long = `${os.id}`.repeat(999)',
      'const plain = 4',
      {
        source: 'files.put({ dest: "/a", content: `${cores} ${names} ${limits.soft} ${family} ${long} ${plain}` })',
        operations: { 'files.put': ['/a'] },
      },
    ],
    reads: 'constants',
    held: {
      cores: 8,
      names: ['a', 'debian'],
      limits: { soft: 16, hard: null, on: true },
      long: 'debian'.repeat(999),
      os: new Date(0),
    },
    // what has no short literal stays a read, and what it is made of with it
    body: `const os = await fleet.host('db-1').facts.server.os()
const cores = 8
const { family } = os
const names = ['a', 'debian']
const limits = { soft: 16, hard: null, on: true }
const long = \`\${os.id}\`.repeat(999)
const plain = 4
await fleet.files.put({ dest: "/a", content: \`\${cores} \${names} \${limits.soft} \${family} \${long} \${plain}\` })`,
  },
  'equal texts about a variable that was changed are different steps': {
    typed: [
      'let n = 1',
      { source: 'files.line({ path: `/a${n}`, line: `x ${n}` })', operations: { 'files.line': ['/a1'] } },
      'n += 1',
      { source: 'files.line({ path: `/a${n}`, line: `x ${n}` })', operations: { 'files.line': ['/a2'] } },
    ],
    body: `let n = 1
await fleet.files.line({ path: \`/a\${n}\`, line: \`x \${n}\` })
n += 1
await fleet.files.line({ path: \`/a\${n}\`, line: \`x \${n}\` })`,
  },
  'secrets are parameters': {
    typed: [
      "const dbPassword = '‹redacted›'",
      "const key = new Secret('‹redacted›', 'the key')",
      { source: "files.put({ dest: '/key', content: key })", operations: { 'files.put': ['/key'] } },
      { source: 'files.put({ dest: "/a", content: `db=${dbPassword}` })', operations: { 'files.put': ['/a'] } },
      {
        source: "files.put({ dest: '/b', content: 'api_token = ‹redacted›\\n`x`' })",
        operations: { 'files.put': ['/b'] },
      },
      {
        source: "files.template({ src: 'a.j2', dest: '/d', vars: { password: '‹redacted›' } })",
        operations: { 'files.template': ['/d'] },
      },
      { source: "$`echo 'secret=‹redacted›' >> /c`", commands: ["echo 'secret=‹redacted›' >> /c"] },
    ],
    imports: "import { secret as secret2 } from 'muster'",
    parameters: [
      "dbPassword = secret2.env('DB_PASSWORD').reveal()",
      "key = secret2.env('KEY')",
      "apiToken = secret2.env('API_TOKEN').reveal()",
      "password = secret2.env('PASSWORD').reveal()",
      "secret = secret2.env('SECRET').reveal()",
    ],
    body: `await fleet.files.put({ dest: '/key', content: key })
await fleet.files.put({ dest: "/a", content: \`db=\${dbPassword}\` })
await fleet.files.put({ dest: '/b', content: \`api_token = \${apiToken}\\n\\\`x\\\`\` })
await fleet.files.template({ src: 'a.j2', dest: '/d', vars: { password: password } })
await fleet.files.line({ path: '/c', line: \`secret=\${secret}\` })`,
    notes: [
      'Needs DB_PASSWORD in the environment, or dbPassword as an argument: the secret was in cell 1 and is not kept.',
      'Needs KEY in the environment, or key as an argument: the secret was in cell 2 and is not kept.',
      'Needs API_TOKEN in the environment, or apiToken as an argument: the secret was in cell 5 and is not kept.',
      'Needs PASSWORD in the environment, or password as an argument: the secret was in cell 6 and is not kept.',
      'Needs SECRET in the environment, or secret as an argument: the secret was in cell 7 and is not kept.',
    ],
  },
  'reads that nobody uses go': {
    typed: [
      { source: 'facts.server.os()', facts: ['server.os'] },
      'fleet.size',
      { source: 'const os = await facts.server.os()', facts: ['server.os'] },
      "console.log('looking')",
      line(NTP),
    ],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'a read that decides stays': {
    typed: [
      { source: 'const os = await fleet.facts.server.os()', facts: ['server.os'] },
      "const old = os.where(o => o.family === 'debian')",
      line("old.files.line({ path: '/a', line: 'x' })"),
    ],
    body: `const os = await fleet.facts.server.os()
const old = os.where(o => o.family === 'debian')
await old.files.line({ path: '/a', line: 'x' })`,
  },
  'what failed, was refused, declined or interrupted goes': {
    typed: [
      { source: "throw new Error('x')", end: 'error' },
      { source: 'files.lin()', end: 'refused' },
      { source: "files.line({ path: '/x', line: 'y' })", end: 'declined' },
      { source: 'await new Promise(() => {})', end: 'interrupted' },
      line(NTP),
    ],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'a cell that failed after it had changed something is told': {
    typed: [line("await files.line({ path: '/a', line: 'x' })\nthrow new Error('x')", { end: 'error' }), line(NTP)],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
    notes: ['Not exported: cell 1 failed after it had changed hosts.'],
  },
  'what was undone goes': {
    typed: [
      { source: "files.line({ path: '/a', line: 'x' })", operations: { 'files.line': ['/a'] } },
      { source: ':undo 1', operations: { undo: ['/a'] } },
      line(NTP),
    ],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'what was undone in code goes, and the undoing': {
    typed: [
      { source: "const r = await files.line({ path: '/a', line: 'x' })", operations: { 'files.line': ['/a'] } },
      { source: 'r.undo()', operations: { undo: ['/a'] } },
      line(NTP),
    ],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'the same again with nothing to do goes': {
    typed: [
      line(NTP),
      { source: "apt.packages({ packages: ['ntp'] })", operations: { 'apt.packages': ['ntp'] } },
      { source: `await ${NTP}`, operations: { 'files.line': [] } },
    ],
    body: `await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })
await fleet.apt.packages({ packages: ['ntp'] })`,
  },
  'the same again after something else changed it wins': {
    typed: [
      { source: "files.line({ path: '/a', line: 'x=1' })", operations: { 'files.line': ['/a'] } },
      { source: "files.put({ dest: '/a', content: '' })", operations: { 'files.put': ['/a'] } },
      { source: "files.line({ path: '/a',   line: 'x=1', });", operations: { 'files.line': ['/a'] } },
    ],
    body: "await fleet.files.put({ dest: '/a', content: 'x=1\\n' })",
  },
  'a retry on the hosts that failed goes': {
    typed: [line(NTP, { failed: ['web-2'] }), line(NTP, { focus: ['web-2'] })],
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'the same on other hosts is one step': {
    typed: [line(NTP, { focus: ['web-1'] }), line(NTP, { focus: ['web-2'] })],
    body: "await fleet.match('web-[1-2]').files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
  },
  'gives edits of a file to what wrote it, where the content is worked out': {
    typed: [
      'const size = 4',
      "const extra = 'level = 3'",
      { source: 'files.put({ dest: "/a", content: `size = ${size}\\n` })', operations: { 'files.put': ['/a'] } },
      { source: "files.line({ path: '/a', line: extra })", operations: { 'files.line': ['/a'] } },
      {
        source: "files.replace({ path: '/a', pattern: /^size/, replacement: 'bytes' })",
        operations: { 'files.replace': ['/a'] },
      },
      {
        source: "fleet.files.template(h => ({ src: 'b.j2', dest: '/b', vars: { of: h.name } }))",
        operations: { 'files.template': ['/b'] },
      },
      { source: "files.line({ path: '/b', line: 'x = 1', after: /^y/ })", operations: { 'files.line': ['/b'] } },
      { source: "files.copy({ src: '/b', dest: '/c' })", operations: { 'files.copy': ['/c'] } },
      { source: "files.line({ path: '/c', line: 'y', present: false })", operations: { 'files.line': ['/c'] } },
      // what a name means at the place of the put is what counts
      "const later = 'late'",
      { source: "files.line({ path: '/a', line: later })", operations: { 'files.line': ['/a'] } },
    ],
    body: `const size = 4
const extra = 'level = 3'
await fleet.files.put({
  dest: "/a",
  content: \`size = \${size}\\n\`,
  edits: [{ line: extra }, { pattern: /^size/, replacement: 'bytes' }],
})
await fleet.files.template(h => ({
  src: 'b.j2',
  dest: '/b',
  vars: { of: h.name },
  edits: [{ line: 'x = 1', after: /^y/ }],
}))
await fleet.files.copy({ src: '/b', dest: '/c', edits: [{ line: 'y', present: false }] })
const later = 'late'
await fleet.files.line({ path: '/a', line: later })`,
  },
  'gives edits that were made on some hosts to what wrote the file on more': {
    typed: [
      { source: "files.put({ dest: '/a', content: 'x\\n' })", operations: { 'files.put': ['/a'] } },
      line("files.line({ path: '/a', line: 'web' })", { focus: WEB }),
      line("host('db-1').files.line({ path: '/a', line: 'db' })", { focus: ['db-1'] }),
      {
        source: "fleet.files.template(h => ({ src: 'b.j2', dest: '/b', vars: { name: h.name } }))",
        operations: { 'files.template': ['/b'] },
      },
      line("fleet.where(h => h.data['old'] === true).files.line({ path: '/b', line: 'old' })", { focus: WEB }),
      {
        source:
          "await fleet.each(async h => {\n  const name = await h.facts.server.hostname()\n  await h.files.put({ dest: '/c', content: name })\n})",
        operations: { 'files.put': ['/c'] },
        facts: ['server.hostname'],
      },
      line("files.line({ path: '/c', line: 'all' })"),
      "const text = 'outer'",
      {
        source:
          "await fleet.each(async h => {\n  const text = await h.facts.server.hostname()\n  await h.files.put({ dest: '/d', content: text })\n})",
        operations: { 'files.put': ['/d'] },
        facts: ['server.hostname'],
      },
      // another text than that of the function
      line("files.line({ path: '/d', line: text })"),
    ],
    body: `await fleet.files.put(each => ({
  dest: '/a',
  content: 'x\\n',
  edits: [...(fleet.group('web').names.includes(each.name) ? [{ line: 'web' }] : []), ...(fleet.group('db').names.includes(each.name) ? [{ line: 'db' }] : [])],
}))
await fleet.files.template(h => ({
  src: 'b.j2',
  dest: '/b',
  vars: { name: h.name },
  edits: fleet.where(h => h.data['old'] === true).names.includes(h.name) ? [{ line: 'old' }] : [],
}))

await fleet.each(async h => {
  const name = await h.facts.server.hostname()
  await h.files.put({ dest: '/c', content: name, edits: [{ line: 'all' }] })
})
const text = 'outer'

await fleet.each(async h => {
  const text = await h.facts.server.hostname()
  await h.files.put({ dest: '/d', content: text })
})
await fleet.files.line({ path: '/d', line: text })`,
  },
  'a value that was corrected wins': {
    typed: [
      { source: "files.put({ dest: '/a', content: 'one' })", operations: { 'files.put': ['/a'] } },
      { source: "files.put({ dest: '/a', content: 'two', mode: '644' })", operations: { 'files.put': ['/a'] } },
      { source: "files.line({ path: '/b', line: 'a 1', replace: /^a / })", operations: { 'files.line': ['/b'] } },
      { source: "files.line({ path: '/b', line: 'a 2', replace: /^a / })", operations: { 'files.line': ['/b'] } },
      { source: "systemd.service({ service: 'ntp', running: false })", operations: { 'systemd.service': ['ntp'] } },
      {
        source: "systemd.service({ service: 'ntp', running: true, enabled: true })",
        operations: { 'systemd.service': ['ntp'] },
      },
      { source: "files.line({ path: '/b', line: 'c' })", operations: { 'files.line': ['/b'] } },
    ],
    body: `await fleet.files.put({ dest: '/a', content: 'two', mode: '644' })
await fleet.files.line({ path: '/b', line: 'a 2', replace: /^a / })
await fleet.systemd.service({ service: 'ntp', running: true, enabled: true })
await fleet.files.line({ path: '/b', line: 'c' })`,
  },
  'a result that is used keeps its name, one that is not loses it': {
    typed: [
      { source: "const conf = await files.put({ dest: '/a', content: 'x' })", operations: { 'files.put': ['/a'] } },
      { source: "const unused = await files.put({ dest: '/b', content: 'x' })", operations: { 'files.put': ['/b'] } },
      {
        source: "conf.changed.systemd.service({ service: 'ntp', restarted: true })",
        operations: { 'systemd.service': ['ntp'] },
      },
    ],
    body: `const conf = await fleet.files.put({ dest: '/a', content: 'x' })
await fleet.files.put({ dest: '/b', content: 'x' })
await conf.changed.systemd.service({ service: 'ntp', restarted: true })`,
  },
  'the last value gets a name': {
    typed: [
      { source: "files.put({ dest: '/a', content: 'x' })", operations: { 'files.put': ['/a'] } },
      {
        source: "_.changed.systemd.service({ service: 'ntp', restarted: true })",
        operations: { 'systemd.service': ['ntp'] },
      },
      {
        source: "_1.changed.systemd.service({ service: 'cron', restarted: true })",
        operations: { 'systemd.service': ['cron'] },
      },
    ],
    body: `const result1 = await fleet.files.put({ dest: '/a', content: 'x' })
await result1.changed.systemd.service({ service: 'ntp', restarted: true })
await result1.changed.systemd.service({ service: 'cron', restarted: true })`,
  },
  'the hosts of the last results are taken from them': {
    typed: [
      { source: "files.put({ dest: '/a', content: 'x' })", operations: { 'files.put': ['/a'] } },
      {
        source: "changed.systemd.service({ service: 'ntp', restarted: true })",
        operations: { 'systemd.service': ['ntp'] },
      },
    ],
    body: `const result1 = await fleet.files.put({ dest: '/a', content: 'x' })
await result1.changed.systemd.service({ service: 'ntp', restarted: true })`,
  },
  'a declaration that was replaced goes': {
    typed: [
      "const server = 'old'",
      "const server = 'new'",
      line(`files.line({ path: "/a", line: \`server \${server}\` })`),
    ],
    body: `const server = 'new'
await fleet.files.line({ path: "/a", line: \`server \${server}\` })`,
  },
  'of two declarations of one name that are both needed, the second gets a number': {
    typed: [
      "const path = '/a'",
      line("files.line({ path, line: 'x' })"),
      "const path = '/b'",
      line("files.line({ path, line: 'x' })"),
      line(`fleet.files.line({ path: \`\${path}.d\`, line: path })`),
    ],
    body: `const path = '/a'
await fleet.files.line({ path, line: 'x' })
const path2 = '/b'
await fleet.files.line({ path: path2, line: 'x' })
await fleet.files.line({ path: \`\${path2}.d\`, line: path2 })`,
  },
  'a declaration made from the one it replaces': {
    typed: ['const n = 1', 'const n = n + 1', line('files.line({ path: "/a", line: String(n) })')],
    body: `const n = 1
const n2 = n + 1
await fleet.files.line({ path: "/a", line: String(n2) })`,
  },
  'a failed declaration does not hide the earlier one': {
    typed: [
      "const path = '/a'",
      { source: "const path = nope('/b')", end: 'error' },
      line("files.line({ path, line: 'x' })"),
    ],
    body: `const path = '/a'
await fleet.files.line({ path, line: 'x' })`,
  },
  'what changes a needed value on the way stays': {
    typed: [
      "const packages = ['ntp']",
      "packages.push('curl')",
      'packages.map(name => name.length)',
      'let latest = false',
      'latest = true',
      { source: 'apt.packages({ packages, latest })', operations: { 'apt.packages': ['ntp'] } },
    ],
    body: `const packages = ['ntp']
packages.push('curl')
let latest = false
latest = true
await fleet.apt.packages({ packages, latest })`,
  },
  'functions, types and loops': {
    typed: [
      'interface Site { name: string; port: number }',
      `function text({ name, port }: Site): string {\n  return \`\${name}:\${port}\`\n}`,
      "const sites: Site[] = [{ name: 'a', port: 80 }]",
      line(`for (const site of sites) {\n  await files.line({ path: \`/etc/\${site.name}\`, line: text(site) })\n}`),
      'type Unused = string',
    ],
    body: `interface Site { name: string; port: number }

function text({ name, port }: Site): string {
  return \`\${name}:\${port}\`
}
const sites: Site[] = [{ name: 'a', port: 80 }]

for (const site of sites) {
  await fleet.files.line({ path: \`/etc/\${site.name}\`, line: text(site) })
}`,
  },
  'host by host': {
    typed: [
      {
        source:
          "await fleet.each(async host => {\nconst os = await host.facts.server.os()\nif (os.family === 'debian') await host.apt.packages({packages:['ntp']})\n})",
        operations: { 'apt.packages': ['ntp'] },
        commands: ['each'],
        facts: ['server.os'],
      },
    ],
    body: `await fleet.each(async host => {
  const os = await host.facts.server.os()
  if (os.family === 'debian') await host.apt.packages({ packages: ['ntp'] })
})`,
  },
  'a function acts on the focus of its call': {
    typed: [
      { source: "const tune = () => files.line({ path: '/a', line: 'x' })", focus: ['db-1'] },
      line('await tune()', { focus: WEB }),
    ],
    body: `const tune = () => fleet.group('web').files.line({ path: '/a', line: 'x' })
await tune()`,
  },
  "modules of the person's own": {
    typed: [
      "import { tune, look } from './lib/tune.js'",
      "import { unused } from './lib/tune.js'",
      line('tune(fleet)', { operations: { 'files.line': ['/a'] } }),
      { source: 'look(fleet)', facts: ['server.os'] },
    ],
    imports: "import { tune } from '../lib/tune.js'",
    body: 'await tune(fleet)',
  },
  'two imports of one name': {
    typed: [
      "import { text } from './lib/a.js'",
      line("files.line({ path: '/a', line: text })"),
      "import { text } from './lib/b.js'",
      line("files.line({ path: '/b', line: text })"),
    ],
    imports: "import { text } from '../lib/a.js'\nimport { text as text2 } from '../lib/b.js'",
    body: `await fleet.files.line({ path: '/a', line: text })
await fleet.files.line({ path: '/b', line: text2 })`,
  },
  'shell lines that only look go, those that can only be run stay, and it is said': {
    typed: [
      { source: '$`uname -r`', commands: ['uname -r'] },
      line(NTP),
      { source: "await fleet.script('ntpdate -u pool')", commands: ['ntpdate -u pool'] },
      { source: '$`nosuch --thing`', commands: ['nosuch --thing'], failed: HOSTS },
    ],
    body: `await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })
await fleet.script('ntpdate -u pool')`,
    notes: ["Not provable: cell 3, fleet.script('ntpdate -u pool') is a shell line; a plan does not run it."],
  },
  'shell lines go when that is wished': {
    typed: [line(NTP), { source: '$`ntpdate -u pool`', commands: ['ntpdate -u pool'] }],
    shellLines: 'drop',
    body: "await fleet.files.line({ path: '/etc/ntp.conf', line: 'server ntp' })",
    notes: ['Not exported: cell 2, $`ntpdate -u pool` (a shell line; not provable).'],
  },
  'shell lines that operations can express become these': {
    typed: [
      { source: "const name = 'ntp'" },
      {
        source: `$\`apt-get install -y \${name} && systemctl enable --now \${name}\``,
        commands: ['apt-get …'],
        focus: WEB,
      },
      {
        source: `for (const user of ['a', 'b']) await host('db-1').$\`sudo useradd -m \${user}\``,
        commands: ['useradd'],
      },
      { source: "const r = await match('db-1').$`rm -f /tmp/x`", commands: ['rm'] },
    ],
    body: `const web = fleet.group('web')
const name = 'ntp'
await web.apt.packages({ packages: [...[name].flat()] })
await web.systemd.service({ service: name, running: true, enabled: true })
for (const user of ['a', 'b']) await fleet.host('db-1').server.user({ user, createHome: true }, { sudo: true })
await fleet.match('db-1').files.file({ path: '/tmp/x', present: false })`,
  },
  'a shell line whose answer is used stays, and it is said': {
    typed: [
      { source: 'const kernels = await $`kernel-name`', commands: ['kernel-name'] },
      line("kernels.where(k => k.text.startsWith('5.')).files.line({ path: '/a', line: 'x' })"),
    ],
    body: `const kernels = await fleet.$\`kernel-name\`
await kernels.where(k => k.text.startsWith('5.')).files.line({ path: '/a', line: 'x' })`,
    notes: ['Not provable: cell 1, $`kernel-name` is a shell line; a plan does not run it.'],
  },
  'what a shell line puts in unquoted nobody can tell': {
    typed: [{ source: `$\`rm -f \${raw("/tmp/*")}\``, commands: ['rm'] }],
    imports: "import { raw } from 'muster'",
    body: `await fleet.$\`rm -f \${raw("/tmp/*")}\``,
    notes: [`Not provable: cell 1, $\`rm -f \${raw("/tmp/*")}\` is a shell line; a plan does not run it.`],
  },
  'a restart is done where something changed, and what nothing made needed goes': {
    typed: [
      { source: "systemd.service({ service: 'cron', restarted: true })", operations: { 'systemd.service': ['cron'] } },
      line("files.line({ path: '/etc/ntp.conf', line: 'a' })", { focus: WEB }),
      line("files.line({ path: '/etc/default/ntp', line: 'b' })", { focus: WEB }),
      line("files.line({ path: '/etc/motd', line: 'b' })", { focus: ['db-1'] }),
      { source: '$`systemctl restart ntp`', commands: ['systemctl'], focus: WEB },
      { source: "const db = host('db-1')" },
      { source: "db.systemd.service({ service: 'ntp', running: true })", operations: { 'systemd.service': ['ntp'] } },
    ],
    body: `const web = fleet.group('web')
const ntpConf = await web.files.line({ path: '/etc/ntp.conf', line: 'a' })
const ntp = await web.files.line({ path: '/etc/default/ntp', line: 'b' })
await fleet.group('db').files.line({ path: '/etc/motd', line: 'b' })
await ntpConf.changed.or(ntp.changed).systemd.service({ service: 'ntp', restarted: true })
const db = fleet.host('db-1')
await db.systemd.service({ service: 'ntp', running: true })`,
    notes: [
      "Not exported: cell 1, systemd.service({ service: 'cron', restarted: true }): nothing exported makes it needed.",
    ],
  },
  'what is removed, or brought back, is no longer what it was': {
    typed: [
      "files.put({ dest: '/srv/app/a', content: 'x' })",
      "files.attributes({ path: '/srv/app', mode: '0700' })",
      '$`rm -rf /srv/app`',
      "files.file({ path: '/b', present: false })",
      "files.put({ dest: '/b', content: 'x' })",
      '$`apt-get install -y ntp`',
      '$`apt-get remove -y ntp`',
      "server.user({ user: 'a', shell: '/bin/sh' })",
      "server.user({ user: 'a', present: false })",
      '$`sysctl -w a.b=1`',
      '$`sysctl -w a.b=2`',
      '$`rm -f /c`',
      "files.put({ dest: '/c', content: 'x' })",
      '$`rm -f /c`',
    ].map(source =>
      source.startsWith('$') ? { source, commands: [source] } : { source, operations: { any: [source] } },
    ),
    body: `await fleet.files.directory({ path: '/srv/app', present: false })
await fleet.files.put({ dest: '/b', content: 'x' })
await fleet.apt.packages({ packages: ['ntp'], present: false })
await fleet.server.user({ user: 'a', present: false })
await fleet.server.sysctl({ key: 'a.b', value: '2' })
await fleet.files.file({ path: '/c', present: false })`,
  },
  'of versions of one package, the last stays': {
    typed: [
      { source: "apt.packages({ packages: ['a=1', 'b'] })", operations: { 'apt.packages': ['a', 'b'] } },
      { source: "apt.packages({ packages: ['a=2'] })", operations: { 'apt.packages': ['a'] } },
      { source: "apt.packages({ packages: ['c=1'], update: true })", operations: { 'apt.packages': ['c'] } },
      { source: "apt.packages({ packages: ['c=2'] })", operations: { 'apt.packages': ['c'] } },
    ],
    body: `await fleet.apt.packages({ packages: ['b'] })
await fleet.apt.packages({ packages: ['a=2'] })
await fleet.apt.packages({ packages: ['c=1'], update: true })
await fleet.apt.packages({ packages: ['c=2'] })`,
  },
  'an answer that is only read may be asked for in a plan': {
    typed: [
      { source: 'const up = await fleet.with({ readOnly: true }).$`uptime`', commands: ['uptime'] },
      line("up.ok.files.line({ path: '/a', line: 'x' })"),
    ],
    body: `const up = await fleet.with({ readOnly: true }).$\`uptime\`
await up.ok.files.line({ path: '/a', line: 'x' })`,
  },
  'operations that never settle are said': {
    typed: [
      { source: "server.shell({ commands: 'date' })", operations: { 'server.shell': ['shell'] }, imperative: true },
    ],
    body: "await fleet.server.shell({ commands: 'date' })",
    notes: ['Not provable: cell 1, server.shell changes something each time it runs.'],
  },
  "names of the person's own that are muster's": {
    typed: [
      "const fleet2 = 'x'",
      "const apt = ['ntp']",
      { source: 'apt.push("curl")' },
      { source: 'focus.apt.packages({ packages: apt })', operations: { 'apt.packages': ['ntp'] } },
      "const deploy = '/a', Fleet = 'b'",
      line('files.line({ path: deploy, line: Fleet })'),
    ],
    body: `const apt = ['ntp']
apt.push("curl")
await fleet.apt.packages({ packages: apt })
const deploy2 = '/a'
const Fleet2 = 'b'
await fleet.files.line({ path: deploy2, line: Fleet2 })`,
  },
  'several statements in a cell are judged one by one': {
    typed: [
      line(
        "const a = 1, path = '/a'\nfacts.server.os()\nfiles.line({ path, line: 'x' }) // the line\nconst { size, names } = fleet\nawait files.line({ path: '/b', line: names.join(' ') })",
      ),
    ],
    body: `const path = '/a'
await fleet.files.line({ path, line: 'x' })
const { names } = fleet
await fleet.files.line({ path: '/b', line: names.join(' ') })`,
  },
  'comments before a statement go with it': {
    typed: [line("// the old server is gone\nfiles.line({ path: '/a', line: 'x' })")],
    body: "// the old server is gone\nawait fleet.files.line({ path: '/a', line: 'x' })",
  },
  'an exported name is an ordinary one': {
    typed: ["export const path = '/a'", line("files.line({ path, line: 'x' })")],
    body: `const path = '/a'
await fleet.files.line({ path, line: 'x' })`,
  },
  "a fleet of the person's own": {
    typed: [
      "import type { Fleet } from 'muster'",
      "const each = (fleet: Fleet) => files.line({ path: '/a', line: String(fleet.size) })",
      line('each(fleet)'),
    ],
    body: `const each = (fleet: Fleet) => fleet2.files.line({ path: '/a', line: String(fleet.size) })
await each(fleet2)`,
  },
  'nothing to export': {
    typed: ['1 + 1', { source: 'facts.server.os()', facts: ['server.os'] }],
    body: '',
    notes: ['Nothing to export: no cell brought a host to a state that it still has.'],
  },
}
