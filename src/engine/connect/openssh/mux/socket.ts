import { connect, type Socket } from 'node:net'
import { wireName } from '../../bind-there.js'
import type { StreamAddress } from '../../connector.js'
import { byte, counted, PacketSplitter, u32, WireReader } from '../../ssh/ssh-wire.js'

/** Numbers of OpenSSH's PROTOCOL.mux, 11 (and mux.c for those of proxy mode). */
const HELLO = 0x00000001
const TERMINATE = 0x10000005
const OPEN_FORWARD = 0x10000006
const CLOSE_FORWARD = 0x10000007
const PROXY = 0x1000000f
const OK = 0x80000001
const REMOTE_PORT = 0x80000007
const PROXY_GRANTED = 0x8000000f
const REMOTE_FORWARD = 2
/** In place of a port: the name is the path of a unix socket. */
const IS_PATH = -2
const VERSION = 4
/** As much as the master itself takes for one packet (channels.c, CHANNEL_MUX_MAX_PACKET). */
const LARGEST_PACKET = 256 * 1024

/** A control connection to a master in proxy mode: whole messages of the SSH connection protocol, both ways. */
export interface ProxySocket {
  send(message: Buffer): void
  /** Called with every message of the master. */
  onMessage: (message: Buffer) => void
  /** Resolves when the master is gone or was left. */
  readonly closed: Promise<void>
  destroy(): void
}

/**
 * Connects to the control socket of a master and asks it for proxy mode.
 * @throws {Error} when the master is not there or refuses.
 */
export async function openProxy(path: string): Promise<ProxySocket> {
  const socket = connect(path)
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const splitter = new PacketSplitter(LARGEST_PACKET)
  const proxy: ProxySocket = {
    // Padding length, always 0, in front of every message.
    send: message => void socket.write(Buffer.concat([u32(message.length + 1), byte(0), message])),
    onMessage: () => {},
    closed,
    destroy: () => socket.destroy(),
  }
  await new Promise<void>((resolve, reject) => {
    let granted = false
    socket.once('error', reject)
    socket.on('error', () => {})
    socket.once('close', () => reject(new Error('the master hung up')))
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const packet of splitter.push(chunk)) {
          if (granted) proxy.onMessage(packet.subarray(1))
          else granted = answered(packet)
        }
      } catch (error) {
        reject(error)
        socket.destroy()
      }
      if (granted) resolve()
    })
    greet(socket)
    socket.write(counted(Buffer.concat([u32(PROXY), u32(0)])))
  })
  return proxy
}

/** Asks a master to end; does nothing when it has ended already. */
export async function terminateMaster(path: string): Promise<void> {
  await ask(path, u32(TERMINATE), u32(0))
}

/**
 * Asks a master to have its server listen, and to hand what connects there to a unix socket of this machine.
 * @returns the port listened on (0 for a unix socket); `undefined` when the server refuses.
 */
export async function openRemoteForward(path: string, at: StreamAddress, to: string): Promise<number | undefined> {
  const answer = await ask(path, u32(OPEN_FORWARD), u32(0), ...remoteForward(at, to))
  if (!answer) return undefined
  const type = answer.u32()
  answer.u32()
  if (type === REMOTE_PORT) return answer.u32()
  return type === OK ? ('path' in at ? 0 : at.port) : undefined
}

/** Takes a remote forward back; where it is known by the port that was asked for. */
export async function closeRemoteForward(path: string, at: StreamAddress, to: string): Promise<void> {
  await ask(path, u32(CLOSE_FORWARD), u32(0), ...remoteForward(at, to))
}

function remoteForward(at: StreamAddress, to: string): Buffer[] {
  const place = 'path' in at ? [counted(at.path), u32(IS_PATH)] : [counted(wireName(at.host)), u32(at.port)]
  return [u32(REMOTE_FORWARD), ...place, counted(to), u32(IS_PATH)]
}

/** Makes one request over a control connection of its own. @returns the answer; `undefined` when the master is gone. */
async function ask(path: string, ...request: Buffer[]): Promise<WireReader | undefined> {
  const socket = connect(path)
  const splitter = new PacketSplitter(LARGEST_PACKET)
  return await new Promise(resolve => {
    socket.on('error', () => {})
    socket.once('close', () => resolve(undefined))
    socket.on('data', (chunk: Buffer) => {
      const answer = splitter.push(chunk).find(packet => packet.readUInt32BE(0) !== HELLO)
      if (!answer) return
      resolve(new WireReader(answer))
      socket.destroy()
    })
    greet(socket)
    socket.write(counted(Buffer.concat(request)))
  })
}

function greet(socket: Socket): void {
  socket.write(counted(Buffer.concat([u32(HELLO), u32(VERSION)])))
}

/** Reads the packets before proxy mode: the master's hello, then its answer. @returns whether proxy mode has begun. */
function answered(packet: Buffer): boolean {
  const reader = new WireReader(packet)
  const type = reader.u32()
  if (type === HELLO) {
    const version = reader.u32()
    if (version !== VERSION)
      throw new Error(`this ssh speaks version ${version} of its multiplexing protocol, not ${VERSION}`)
    return false
  }
  if (type === PROXY_GRANTED) return true
  reader.u32()
  throw new Error(`the master refuses proxy mode (${reader.text()})`)
}
