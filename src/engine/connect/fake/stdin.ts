import type { FakeProcess } from './process.js'

/** Collects the stdin of a process that has it to itself. */
export function stdinOf(process: FakeProcess): () => Promise<Buffer> {
  const chunks: Buffer[] = []
  const all = new Promise<Buffer>(resolve => {
    process.onStdin = chunk => {
      if (chunk) chunks.push(chunk)
      else resolve(Buffer.concat(chunks))
    }
  })
  return () => all
}
