// ---
// title: 502 on web-3
// inventory: demo
// ---
import { group, host } from 'muster/session'

// %% [markdown]
// Customers see errors, now and then. Which host gives them?

// %% id="9365afe4"
const failures = await group('web').$`grep -c '" 502 ' /var/log/nginx/access.log || true`

// %% id="3cfcfcc0"
failures

// %% [markdown]
// One host alone. What is different about it? A fact folds over the hosts: who differs stands apart.

// %% id="85517ee6"
const conf = await group('web').facts.files.text({ path: '/etc/nginx/nginx.conf' })
conf.outliers().names

// %% id="9f678812"
const [usual, odd] = conf.groups().map(({ value }) => value?.split('\n') ?? [])
odd?.filter(line => !usual?.includes(line))

// %% [markdown]
// Somebody tuned web-3 by hand: two workers, and it tells its version to everybody. It gets what the others have. A template would
// rewrite the whole file; these two lines are all that is to change, so that is what the plan shows.

// %% id="bc0cff5a"
await host('web-3').files.line({ path: '/etc/nginx/nginx.conf', line: 'worker_processes auto;', replace: /^worker_processes / })
await host('web-3').files.line({ path: '/etc/nginx/nginx.conf', line: '  server_tokens off;', replace: /server_tokens / })

// %% [markdown]
// Now more connections for all of them. One host first, then a look at it, then the others: the canary.

// %% id="eb879070"
const canary = await host('web-1').files.replace({ path: '/etc/nginx/nginx.conf', pattern: /worker_connections 768/, replacement: 'worker_connections 2048' })
canary.changes.map(({ summary }) => summary)

// %% id="ca0da89e"
await host('web-1').$`grep worker_connections /etc/nginx/nginx.conf`

// %% id="dc298bf3"
await group('web').files.replace({ path: '/etc/nginx/nginx.conf', pattern: /worker_connections 768/, replacement: 'worker_connections 2048' })

// %% [markdown]
// All three are the same now. `:export deploy.ts` writes what was kept of this as a module, and proves it.

// %% id="2ca8a122"
;(await group('web').facts.files.text({ path: '/etc/nginx/nginx.conf' })).groups().length
