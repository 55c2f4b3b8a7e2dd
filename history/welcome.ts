// ---
// title: Welcome to muster
// inventory: demo
// session: 2026-11-22-1849
// ---
import { $, facts, files, group } from 'muster/session'

// %% [markdown]
// Five hosts are yours to try things on; they vanish when you leave. The cells below were
// run before, and their answers are shown. Nothing has been sent yet: `:run` runs the next
// cell, or type your own.
//
// A command goes to every host at once. Equal answers fold into one line: who differs is
// what you see first.

// %% id="0f8955c7"
await $`grep ^server /etc/ntp.conf`

// %% [markdown]
// Facts are typed values. Ask for several at once and each host is asked once.

// %% id="cabea2ec"
await facts.server.os()

// %% [markdown]
// An operation says what shall be. It is planned first: hosts where the same would happen
// make one group with its diff, and nothing is touched before you say `a`.

// %% id="176f14ef"
await files.line({ path: '/etc/ntp.conf', line: 'server ntp.demo.example iburst', replace: /^server / })

// %% [markdown]
// It was applied, and then measured. Said again, there is nothing to do.

// %% id="20f192cb"
await files.line({ path: '/etc/ntp.conf', line: 'server ntp.demo.example iburst', replace: /^server / })

// %% [markdown]
// Answers lead back to fleets: these are the hosts that run an older release.

// %% id="453ffb0f"
const os = await facts.server.os(); os.where(release => !release.version.gte('12'))

// %% [markdown]
// The same for packages, on one group: versions differ, so there are two plans.
// `:undo` takes the last change back, with a plan of its own.

// %% id="a19e4117"
await group('web').apt.packages({ packages: ['htop'] })

// %% [markdown]
// Keep what worked: `:export deploy.ts` writes it as a module and proves that it finds
// nothing left to do; `muster run INVENTORY deploy.ts` carries it out elsewhere.
// Then try your own hosts: `muster web-1,web-2`, `muster inventory.ts`, `muster @local`.
