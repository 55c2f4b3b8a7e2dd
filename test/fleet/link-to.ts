import { createServer } from 'node:net'
import { afterEach } from 'vitest'
import type { Asker, Question } from '../../src/engine/connect/ask.js'
import type { Connector, ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Link, LinkChange } from '../../src/engine/connect/link.js'
import { Secret } from '../../src/engine/secret.js'
import type { Sshd } from './sshd.js'

const links: Link[] = []
afterEach(async () => {
  await Promise.all(links.splice(0).map(link => link.close()))
})

/** Closes a link when the running test is over. */
export function closing<T extends Link>(link: T): T {
  links.push(link)
  return link
}

/** Somebody who is asked, gives prepared answers (then none), and remembers the questions. */
export function asking(
  answers: { secrets?: string[]; hostKey?: boolean } = {},
): Asker & { readonly asked: readonly Question[] } {
  const asked: Question[] = []
  return {
    asked,
    secret: async question => {
      asked.push(question)
      const answer = answers.secrets?.shift()
      return answer === undefined ? undefined : new Secret(answer)
    },
    hostKey: async question => {
      asked.push(question)
      return answers.hostKey
    },
  }
}

/** A link to a private sshd under the name `web-1`, with the changes of its state; it knows the server and has its key. */
export function linkTo(
  sshd: Pick<Sshd, 'port' | 'key' | 'knownHosts'>,
  settings: ConnectSettings = {},
  asker: Asker = asking(),
  connectors?: readonly Connector[],
) {
  const changes: LinkChange[] = []
  const link = createLink(
    {
      name: 'web-1',
      settings: {
        address: '127.0.0.1',
        port: sshd.port,
        identityFile: sshd.key,
        knownHostsFile: sshd.knownHosts,
        strictHostKeyChecking: 'yes',
        sshConfigFile: false,
        agent: false,
        ...settings,
      },
    },
    {
      asker,
      credentials: new Credentials(asker),
      ...(connectors ? { connectors } : {}),
      observer: { state: change => changes.push(change), latency: () => {} },
    },
  )
  return closing(Object.assign(link, { changes }))
}

/** What a script prints. */
export async function stdout(link: Link, script: string, stdin?: Uint8Array): Promise<string> {
  return (await link.run(script, stdin ? { stdin } : {})).stdout.toString()
}

/** A TCP server of one's own that takes connections and does what it is told. */
export async function listener(
  greet: Parameters<typeof createServer>[1],
  wanted = 0,
): Promise<{ port: number; close(): void }> {
  const server = createServer(greet).listen(wanted, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, close: () => server.close() }
}

/** A port on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const { port, close } = await listener(() => {})
  close()
  return port
}
