import { writeFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import type { ConnectSettings } from '../../engine/connect/connector.js'
import { registerDeclaration } from '../../engine/inventory/declaration.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import { processOutput } from '../output.js'
import { tableLines } from '../render/display.js'
import type { CommonFlags } from './flags.js'
import { withWorkspace } from './workspace.js'

/** Where the names of an inventory are declared for editors. */
const DECLARATION = 'muster.generated.d.ts'

/** `muster inventory`: what a session would work on; nothing is connected. */
export function inventory(
  argument: string | undefined,
  flags: CommonFlags & { readonly types?: boolean },
): Promise<number> {
  const output = processOutput(flags.json ?? false)
  return withWorkspace(
    argument,
    flags,
    output,
    () => {},
    async ({ workspace: { inventory: found, redactor } }) => {
      if (flags.types) {
        await writeFile(DECLARATION, registerDeclaration(found))
        output.talk(`wrote ${DECLARATION}`)
        return 0
      }
      const hosts = [...found.hosts.values()]
      if (output.json) {
        for (const { name, groups, data, guard, connect } of hosts) {
          output.record(redactor.data({ host: name, address: connect.address ?? name, groups, guard, data }))
        }
        return 0
      }
      const rows = hosts.map(({ name, connect, groups, guard, data }) => [
        name,
        placeOf(name, connect),
        groups.join(' '),
        guard,
        inspect(redactor.data(data), { breakLength: Number.POSITIVE_INFINITY, depth: 2 }),
      ])
      output.data(tableLines(['host', 'address', 'groups', 'guard', 'data'], rows, output.paint))
      for (const [group, members] of found.groups) output.data(`@${group} ${members.length}  ${foldNames(members)}`)
      return 0
    },
  )
}

/** Where a host is, in a few words. */
function placeOf(name: string, { connector, address, root }: ConnectSettings): string {
  if (connector === 'local') return 'this machine'
  return connector === 'chroot' && root !== undefined ? root : (address ?? name)
}
