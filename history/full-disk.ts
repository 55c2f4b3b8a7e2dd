// ---
// title: A full disk
// inventory: demo
// ---
import { $, host, match } from 'muster/session'

// %% [markdown]
// The pager says that a disk is full, and not where. First make it so: nobody's disk is full in the demo.

// %% id="7f404481"
await host('edge-1').$`head -c 61000000 /dev/zero > /var/log/nginx/debug.log || true`

// %% [markdown]
// Every host is asked at once. The answer is a word and not a number, so that hosts fold.

// %% id="ac157620"
const disks = await $`df -Pk / | awk 'NR == 2 { print ($5 + 0 > 80 ? "nearly full" : "fine") }'`
disks

// %% id="00098b90"
const full = disks.where(({ text }) => text === 'nearly full')
full.names

// %% [markdown]
// What is it? The largest file below /var/log, on those hosts alone.

// %% id="125aaac4"
const largest = await full.$`find /var/log -type f -size +1000k`
largest

// %% [markdown]
// Nothing reads it: it goes. The plan says so before it does, and that this cannot be taken back whole, since the file is big.

// %% id="366cebb8"
await full.files.file({ path: '/var/log/nginx/debug.log', present: false })

// %% [markdown]
// And it shall not come back: logs are rotated by size, on every host that runs nginx.

// %% id="1d404387"
await match('!@db').files.put({
  dest: '/etc/logrotate.d/nginx-debug',
  content: '/var/log/nginx/debug.log {\n  size 10M\n  rotate 2\n  missingok\n}\n',
})

// %% id="4397d7eb"
;(await $`df -Pk / | awk 'NR == 2 { print ($5 + 0 > 80 ? "nearly full" : "fine") }'`).groups().length
