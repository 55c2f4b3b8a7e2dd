/**
 * The process that carries the frames of a slow or lossy wire (wire.ts). Arguments: the address of the VXLAN devices, the
 * UDP port of each, milliseconds of delay, per cent of loss. What the device at one port sends goes to that at the other.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const [address, ...numbers] = process.argv.slice(2)
const [portA = 0, portB = 0, delay = 0, loss = 0] = numbers.map(Number)

async function open(port: number): Promise<Socket> {
  const socket = createSocket('udp4').bind(port)
  await once(socket, 'listening')
  return socket
}

function carry(from: Socket, to: Socket, port: number): void {
  const send = (frame: Buffer): void => to.send(frame, port, address, () => {})
  from.on('message', frame => {
    if (Math.random() * 100 < loss) return
    if (delay === 0) send(frame)
    else setTimeout(send, delay, frame)
  })
}

const [a, b] = [await open(portA), await open(portB)]
carry(a, b, portB)
carry(b, a, portA)
console.log('ready')
