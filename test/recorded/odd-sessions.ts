import type { TypedSession } from './sessions.js'

/** Sessions that an export could stumble over: odd syntax, odd quoting, odd fates of cells. */
export const ODD_SESSIONS: Readonly<Record<string, TypedSession>> = {
  'a loop with side effects': {
    typed: [
      'const done: string[] = []',
      'for (const host of fleet) {\n  const r = await host.files.put({ dest: `/etc/loop-${host.groups[0]}`, content: `${host.name}\\n` })\n  if (r.changed) done.push(host.name)\n}',
      'done.length',
      'let count = 0',
      "while (count < 2) {\n  count += 1\n  await files.line({ path: '/etc/counted', line: `turn ${count}` })\n}",
    ],
  },
  'conditions on facts': {
    typed: [
      "for (const host of fleet) {\n  const os = await host.facts.server.os()\n  if (os.family === 'debian') await host.files.put({ dest: '/etc/family', content: `${os.family}\\n` })\n  else await host.files.put({ dest: '/etc/family', content: 'other\\n' })\n}",
      "const found = await host('h1').facts.files.file({ path: '/etc/not-there' })",
      "if (!found) {\n  await files.put({ dest: '/etc/was-not-there', content: 'x\\n' })\n}",
      "const os = await host('h3').facts.server.os()",
      "files.put({ dest: '/etc/codename', content: os.codename ?? 'none' })",
    ],
  },
  'the hosts that failed': {
    typed: [
      "host('h2').$`touch /opt/marker`",
      '$`test ! -e /opt/marker`',
      "failed.files.put({ dest: '/etc/had-marker', content: 'x\\n' })",
      "_2.ok.files.put({ dest: '/etc/had-none', content: 'x\\n' })",
    ],
  },
  'results of one operation in another': {
    typed: [
      "const conf = await files.put({ dest: '/etc/app.conf', content: 'a = 1\\n' })",
      "await conf.changed.files.put({ dest: '/etc/app.stamp', content: 'new\\n' })",
      "if (conf.changed.size > 0) await files.directory({ path: '/opt/app-data', mode: '0750' })",
      "const both = await Promise.all(['x', 'y'].map(name => files.put({ dest: `/etc/app-${name}`, content: name })))",
      'both.length',
    ],
  },
  'a function that was written again': {
    typed: [
      "const write = (name: string) => files.put({ dest: `/etc/helper-${name}`, content: 'one\\n' })",
      "await write('a')",
      "const write = (name: string) => files.put({ dest: `/etc/helper-${name}`, content: 'two\\n' })",
      ':focus web',
      "await write('b')",
      'async function twice(name: string) {\n  await write(name)\n  await write(`${name}2`)\n}',
      ':focus db',
      "twice('c')",
    ],
  },
  'quotes of every kind': {
    typed: [
      'const said = `it\'s a "test" of $HOME and \\`ticks\\``',
      "$`printf '%s\\\\n' ${said} > /etc/quoted`",
      'files.put({ dest: "/etc/quoted-too", content: `a "b" \'c\' \\`d\\` $e ${1 + 1} \\\\n\\n` })',
      '$`echo "double \'single\' inside" >> /etc/quoted-too`',
      '$`echo \'single "double" inside\' >> /etc/quoted-too`',
    ],
  },
  'a heredoc': {
    typed: [
      "$`cat > /etc/heredoc <<'EOF'\nfirst line\n  \"second\" $line with 'quotes'\nEOF\n`",
      '$`cat <<END > /etc/heredoc2\nplain\nEND`',
      "files.line({ path: '/etc/heredoc2', line: 'added' })",
    ],
  },
  'a secret in a template': {
    files: { 'db.conf.j2': 'user = app\npassword = {{ password }}\n' },
    secrets: { PASSWORD: 'plant-library-3Kq', API_TOKEN: 'plant-library-4Lr' },
    typed: [
      "const password = 'plant-library-3Kq'",
      "files.template({ src: 'db.conf.j2', dest: '/etc/db.conf', vars: { password }, mode: '0600' })",
      "files.put({ dest: '/etc/api.conf', content: 'api_token = \"plant-library-4Lr\"\\n', mode: '0600' })",
    ],
  },
  'a host that failed half-way': {
    typed: [
      "await files.put({ dest: '/opt/half/first', content: 'first\\n' })",
      '!fill h3',
      "await files.put({ dest: '/opt/half/second', content: 'x'.repeat(20000) })\nawait files.put({ dest: '/opt/half/third', content: 'y'.repeat(20000) })",
      '!free h3',
      ':retry',
    ],
  },
  'a plan that was approved in part': {
    typed: [
      "host('h1').files.put({ dest: '/etc/part', content: 'other\\n' })",
      '!part',
      "files.put({ dest: '/etc/part', content: 'all\\n' })",
      "files.put({ dest: '/etc/part', content: 'all\\n' })",
    ],
  },
  'undone and done again': {
    typed: [
      "files.put({ dest: '/etc/again', content: 'one\\n' })",
      ':undo',
      "files.put({ dest: '/etc/again', content: 'one\\n' })",
      "const r = await files.directory({ path: '/opt/again' })",
      'r.undo()',
      "files.directory({ path: '/opt/again', mode: '0700' })",
    ],
  },
  'host after host': {
    typed: [
      ':focus h1',
      "files.line({ path: '/etc/each', line: 'x = 1' })",
      ':focus h2',
      "files.line({ path: '/etc/each', line: 'x = 1' })",
      ':focus h3',
      "files.line({ path: '/etc/each', line: 'x = 2' })",
      ':focus h1',
      '$`mkdir -p /opt/each`',
      ':focus h3',
      '$`mkdir -p /opt/each`',
      ':focus h2',
      '$`mkdir -p /opt/each`',
    ],
  },
  'odd syntax': {
    typed: [
      "// why: the banner is wanted by law\nfiles.put({ dest: '/etc/banner', content: 'no entry\\n' }) // for all",
      'enum Level { Low = 1, High }',
      'files.line({ path: "/etc/level", line: `level ${Level.High}` });',
      "{ const inner = 'block'; await files.put({ dest: `/etc/${inner}`, content: inner }) }",
      'var [a, { b = 2 }] = [1, {} as { b?: number }]',
      "files.put({ dest: '/etc/ab', content: `${a} ${b}` })",
      "class Site { constructor(readonly name: string) {} install() { return files.put({ dest: `/etc/site-${this.name}`, content: '' }) } }",
      "new Site('x').install()",
      "label: for (const n of [1, 2, 3]) { if (n === 2) continue label; await files.line({ path: '/etc/odd', line: String(n) }) }",
    ],
  },
  'errors between steps': {
    typed: [
      "files.put({ dest: '/etc/steady', content: 'a\\n' })",
      'const x: string = missing.thing',
      "try {\n  JSON.parse('{')\n} catch {\n  await host('h1').files.put({ dest: '/etc/caught', content: 'yes\\n' })\n}",
      "await files.put({ dest: '/etc/before-error', content: 'b\\n' }); throw new Error('after it')",
      "files.put({ dest: 'relative', content: '' })",
      "files.put({ dest: '/etc/before-error', content: 'b\\n' })",
    ],
  },
  'services and packages that come and go': {
    systemd: true,
    typed: [
      ':focus h1',
      '$`apt-get install -y muster-tool`',
      '$`apt-get update && apt-get install -y muster-tool muster-hello`',
      '$`apt-get remove -y muster-tool`',
      '$`systemctl disable --now cron`',
      '$`systemctl start cron; systemctl enable cron`',
      '$`userdel -r nosuch`',
      '$`groupadd guests && useradd -r -g guests -s /usr/sbin/nologin guest`',
      '$`chgrp guests /opt && chmod g+s /opt`',
    ],
  },
}
