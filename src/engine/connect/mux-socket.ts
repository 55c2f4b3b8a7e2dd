import { connect, type Socket } from 'node:net'
import { byte, counted, PacketSplitter, u32, WireReader } from './ssh-wire.js'

/** Numbers of OpenSSH's PROTOCOL.mux, 11 (and mux.c for those of proxy mode). */
const HELLO = 0x00000001
const TERMINATE = 0x10000005
const PROXY = 0x1000000f
const PROXY_GRANTED = 0x8000000f
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
  const socket = connect(path)
  socket.on('error', () => {})
  greet(socket)
  socket.write(counted(Buffer.concat([u32(TERMINATE), u32(0)])))
  socket.resume()
  await new Promise(resolve => socket.once('close', resolve))
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
