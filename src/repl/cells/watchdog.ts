import { Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { WatchData } from './interrupter.js'

/** Milliseconds from the end of the front end to that of a process which does not come to know of it. */
const ALONE = 10_000

/** The thread that hears of interruptions while another one is busy; see `createInterrupter`. */
function watch({ fd, flag }: WatchData): void {
  const interrupt = (): void => {
    Atomics.store(flag, 0, 1)
    parentPort?.postMessage('interrupt')
  }
  const pipe = new Socket({ fd, readable: true, writable: false }).on('data', interrupt)
  // the front end is gone, and a loop would never hear of it; what cannot be left by an exception is ended
  pipe.on('end', () => {
    interrupt()
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ALONE)
  })
  parentPort?.postMessage('ready')
}

watch(workerData)
