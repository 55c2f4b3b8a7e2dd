import { type Command, InvalidArgumentError } from 'commander'
import type { Lab } from './lab.js'

function amount(value: string): number {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new InvalidArgumentError('It must be a number.')
  return Number(value)
}

/** Adds one command for each fault to `fault`; `lab` gives the lab that a person has started. */
export function addFaults(fault: Command, lab: () => Promise<Lab>): void {
  const simple: readonly (readonly [name: string, what: string, act: (lab: Lab, host: string) => Promise<void>])[] = [
    ['partition', 'drop every frame to and from a host', (lab, host) => lab.partition(host)],
    ['heal', 'give a host its good cable back', (lab, host) => lab.heal(host)],
    ['freeze', 'stop all processes of a host', (lab, host) => lab.freeze(host)],
    ['thaw', 'let them go on', (lab, host) => lab.thaw(host)],
    ['kill', 'cut the power of a host', (lab, host) => lab.kill(host)],
    ['start', 'switch a host on', (lab, host) => lab.start(host)],
    ['kill-server', 'kill the SSH server that listens', (lab, host) => lab.killServer(host)],
    ['start-server', 'start the SSH server again', (lab, host) => lab.startServer(host)],
    ['kill-session', 'kill the server of the newest SSH session', (lab, host) => lab.killSession(host)],
    ['fill-disk', 'leave no room on the disk of a host', (lab, host) => lab.fillDisk(host)],
    ['free-disk', 'give that room back', (lab, host) => lab.freeDisk(host)],
  ]
  for (const [name, what, act] of simple) {
    fault
      .command(name)
      .description(what)
      .argument('<host>')
      .action(async (host: string) => act(await lab(), host))
  }
  fault
    .command('reboot')
    .description('reboot a host in the orderly way')
    .argument('<host>')
    .option('--off <seconds>', 'for how long it is off', amount, 0.5)
    .action(async (host: string, options: { readonly off: number }) => (await lab()).reboot(host, options))
  fault
    .command('impair')
    .description('make the cable of a host slow or lossy')
    .argument('<host>')
    .option('--latency <ms>', 'what a frame takes in each direction', amount, 0)
    .option('--loss <percent>', 'of the frames in each direction', amount, 0)
    .action(async (host: string, options: { readonly latency: number; readonly loss: number }) =>
      (await lab()).impair(host, options),
    )
}
