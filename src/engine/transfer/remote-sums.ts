import { batches } from './batches.js'
import type { Carrier, CarrierOptions } from './carrier.js'
import type { Algorithm } from './checksum.js'
import { readSums, type Stretch, sumsScript } from './list-script.js'

/** The checksums of files as the host sees them, and by which algorithm it computes them. */
export async function remoteSums(
  carrier: Carrier,
  files: readonly Stretch[],
  options: CarrierOptions,
): Promise<{ algorithm: Algorithm; sums: Map<number, string> }> {
  const sums = new Map<number, string>()
  let algorithm: Algorithm = 'sha256'
  for (const some of files.length === 0 ? [[]] : batches(files, ({ path }) => 80 + path.length)) {
    const part = readSums((await carrier.run(sumsScript(some), options)).stdout)
    algorithm = part.algorithm
    for (const [index, sum] of part.sums) sums.set(index, sum)
  }
  return { algorithm, sums }
}
