import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'

/** A page in headless Chromium. */
export interface Page {
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>
  /** Presses a key: `j`, `Enter`, `/`. */
  press(key: string): Promise<void>
  /** A window of this width; `print`: as paper has it. */
  show(width: number, media?: 'screen' | 'print', scheme?: 'light' | 'dark'): Promise<void>
  /** Faults that the page reported: of its script, and of what it was not let load or run. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly result?: Record<string, unknown>
  readonly params?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

/** Opens a page. It speaks the Chrome DevTools protocol over a pipe: messages of JSON, each ended by a zero byte. */
export async function openPage(url: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'muster-chromium-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
  const child = spawn('chromium', [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const [, , , input, from] = child.stdio
  if (!(input instanceof Writable) || !(from instanceof Readable)) throw new Error('Chromium has no pipes.')
  const to: Writable = input
  const waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >()
  const faults: string[] = []
  let last = 0
  let rest = ''
  let loaded = (): void => {}
  from.on('data', chunk => {
    const messages = (rest + String(chunk)).split('\0')
    rest = messages.pop() ?? ''
    for (const text of messages) receive(JSON.parse(text))
  })

  function receive({ id, method, result = {}, params, error }: Reply): void {
    const call = id === undefined ? undefined : waiting.get(id)
    if (error) call?.reject(new Error(error.message))
    else call?.resolve(result)
    if (method === 'Page.loadEventFired') loaded()
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') faults.push(JSON.stringify(params))
  }

  let session: unknown
  function call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++last
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      to.write(`${JSON.stringify({ id, method, params, ...(session ? { sessionId: session } : {}) })}\0`)
    })
  }

  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  session = (await call('Target.attachToTarget', { targetId, flatten: true })).sessionId
  for (const domain of ['Page', 'Runtime', 'Log']) await call(`${domain}.enable`)
  const load = new Promise<void>(resolve => {
    loaded = resolve
  })
  await call('Page.navigate', { url })
  await load

  return {
    faults,
    async evaluate(expression) {
      const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, returnByValue: true })
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
      return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
    },
    async press(key) {
      const text = key.length === 1 ? { text: key } : {}
      await call('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text })
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key })
    },
    async show(width, media = 'screen', scheme = 'light') {
      await call('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false })
      const features = [{ name: 'prefers-color-scheme', value: scheme }]
      await call('Emulation.setEmulatedMedia', { media, features })
    },
    async close() {
      const ended = new Promise(resolve => child.on('close', resolve))
      child.kill('SIGKILL')
      await ended
      // its helpers write in it for a moment longer
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
