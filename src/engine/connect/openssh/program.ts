import { execFile } from 'node:child_process'

/** The first version that asks through a program of ours whatever terminal there is (SSH_ASKPASS_REQUIRE). */
const ASKS = [8, 4] as const

/** The `ssh` of this machine. */
export interface SshProgram {
  /** As it names itself: `9.2p1`. */
  readonly version: string
  /** Whether its questions reach us. */
  readonly asks: boolean
}

/** The `ssh` on the PATH; `undefined` when there is none that is OpenSSH's. */
export async function findSsh(): Promise<SshProgram | undefined> {
  const said = await new Promise<string>(resolve => {
    execFile('ssh', ['-V'], (error, stdout, stderr) => resolve(error ? '' : `${stdout}${stderr}`))
  })
  const found = /OpenSSH_(?:for_Windows_)?((\d+)\.(\d+)[^\s,]*)/.exec(said)
  if (!found) return undefined
  const [, version = '', major, minor] = found
  const asks = Number(major) > ASKS[0] || (Number(major) === ASKS[0] && Number(minor) >= ASKS[1])
  return { version, asks }
}
