import { Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { WatchData } from './interrupter.js'

/** The thread that hears of interruptions while another one is busy; see `createInterrupter`. */
function watch({ fd, flag }: WatchData): void {
  new Socket({ fd, readable: true, writable: false }).on('data', () => {
    Atomics.store(flag, 0, 1)
    parentPort?.postMessage('interrupt')
  })
  parentPort?.postMessage('ready')
}

watch(workerData)
