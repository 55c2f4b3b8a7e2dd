import type { Sequence } from './sequence.js'

/** What cells say on the console, and what goes wrong in them when nobody waits for it any more. */
export const background: readonly Sequence[] = [
  ['console.log', ["console.log('a', { b: 1 })"], { console: ['1 out a { b: 1 }'] }],
  ['console.error and warn', ["console.error('c'); console.warn('d')"], { console: ['1 err c', '1 err d'] }],
  [
    'console.info, debug and dir',
    ['console.info(1); console.debug(2); console.dir({ a: 1 })'],
    { console: ['1 out 1', '1 out 2', '1 out { a: 1 }'] },
  ],
  ['format specifiers', ["console.log('%s is %d%%', 'load', 7)"], { console: ['1 out load is 7%'] }],
  [
    'console.group',
    ["console.group('g'); console.log('in'); console.groupEnd(); console.log('out')"],
    { console: ['1 out g', '1 out   in', '1 out out'] },
  ],
  [
    'console.count and assert',
    ["console.count(); console.count(); console.assert(false, 'wrong')"],
    { console: ['1 out default: 1', '1 out default: 2', '1 err Assertion failed: wrong'] },
  ],
  ['console.table', ['console.table([{ a: 1 }])'], { console: /^1 out ┌[\s\S]*\(index\) │ a │[\s\S]*┘$/ }],
  ['a log of several lines is one', ["console.log('a\\nb')"], { console: ['1 out a\nb'] }],
  [
    'a log before a failure',
    ["console.log('before'); throw new Error('no')"],
    { error: 'cell 1:1:30: Error: no', console: ['1 out before'] },
  ],
  ['console taken apart', ['const { log } = console', "log('x')"], { console: ['1 out x'] }],
  [
    'console of a function belongs to the cell that calls it',
    ["const say = () => console.log('hi')", 'say()'],
    { console: ['2 out hi'] },
  ],
  [
    'console of a timer belongs to the cell that started it',
    ["setTimeout(() => console.log('tick'), 1)", 'await new Promise(done => setTimeout(done, 20)); 1'],
    { value: 1, console: ['1 out tick'] },
  ],
  ['console of a user file', ["import { speak } from './speak.js'", 'speak()'], { console: ['2 out spoken'] }],
  [
    'process.stdout is the cell’s too',
    ["process.stdout.write('raw\\n'); process.stderr.write('err\\n')"],
    { console: ['1 out raw', '1 err err'] },
  ],
  [
    'console hidden by one’s own',
    ['const console = { log: (s: string) => s }', "console.log('mine')"],
    { value: 'mine', console: [] },
  ],
  ['a rejection nobody handles', ["1\nvoid Promise.reject(new Error('lost'))"], { late: ['cell 1:2:21: Error: lost'] }],
  [
    'a rejection nobody handles, without an error',
    ["void Promise.reject('text')"],
    { late: ["cell 1: 'text' was thrown"] },
  ],
  [
    'a rejection nobody handles, later',
    [
      'const later = (ms: number) => new Promise(done => setTimeout(done, ms))',
      "void (async () => {\n  await later(1)\n  throw new Error('slow')\n})()",
      'await later(20)',
    ],
    { late: ['cell 2:3:9: Error: slow'] },
  ],
  [
    'an exception in a timer',
    ["setTimeout(() => {\n  throw new Error('late')\n}, 1)", 'await new Promise(done => setTimeout(done, 20))'],
    { late: ['cell 1:2:9: Error: late'] },
  ],
  [
    'an exception in an event',
    [
      "import { EventEmitter } from 'node:events'\nconst events = new EventEmitter()",
      "setImmediate(() => events.emit('error', new Error('event')))",
      'await new Promise(done => setTimeout(done, 20))',
    ],
    { late: ['cell 2:1:41: Error: event'] },
  ],
  [
    'an exception in a microtask',
    ["queueMicrotask(() => { throw new Error('micro') })"],
    { late: ['cell 1:1:30: Error: micro'] },
  ],
  [
    'an exception in nextTick',
    ["process.nextTick(() => { throw new Error('tick') })", 'await new Promise(done => setTimeout(done, 5))'],
    { late: ['cell 1:1:32: Error: tick'] },
  ],
  [
    'a function of an earlier cell fails late',
    ["const fail = async () => {\n  throw new Error('mine')\n}", 'void fail()'],
    { late: ['cell 2:1:6: Error: mine'] },
  ],
  [
    'of a user file',
    ["import { later } from './faulty.js'", 'void later()', 'await new Promise(done => setTimeout(done, 20))'],
    { late: [/^cell 2(?::1:6)?: Error: late in a file$/] },
  ],
  [
    'a rejection that is handled in time',
    ["const p = Promise.reject(new Error('handled'))\np.catch(() => {})\n1"],
    { value: 1, late: [] },
  ],
  [
    'the second of two that fail together',
    ["await Promise.all([Promise.reject(new Error('a')), Promise.reject(new Error('b'))])"],
    { error: 'cell 1:1:35: Error: a', late: [] },
  ],
  ['process.exit does not end the session', ['process.exit(3)', '5'], { value: 5 }],
  [
    'nor does it in a promise that is awaited',
    ['await Promise.resolve().then(() => process.exit(3))'],
    { error: 'cell 1:1:44: process.exit() would end the session; :quit does that.' },
  ],
  [
    'nor in one that nobody waits for',
    ['Promise.resolve().then(() => process.exit(3)); 5'],
    { value: 5, late: ['cell 1:1:38: process.exit() would end the session; :quit does that.'] },
  ],
  [
    'nor in a timer',
    ['setTimeout(() => process.exit(3), 1)', 'await new Promise(done => setTimeout(done, 20)); 6'],
    { value: 6, late: ['cell 1:1:26: process.exit() would end the session; :quit does that.'] },
  ],
]
