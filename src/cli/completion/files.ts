import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from './candidate.js'

/** Folders, and files of which `fits` is true, that continue a path being typed. Hidden ones only once their dot is typed. */
export function fileCandidates(directory: string, typed: string, fits: (name: string) => boolean): Candidate[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1)
  try {
    return readdirSync(folder.startsWith('/') ? folder : join(directory, folder), { withFileTypes: true })
      .filter(entry => !entry.name.startsWith('.') || typed.slice(folder.length).startsWith('.'))
      .flatMap(entry => {
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : [{ text: `${folder}${entry.name}/` }]
        return fits(entry.name) ? [{ text: folder + entry.name }] : []
      })
  } catch {
    return [] // no such folder: nothing to offer
  }
}
