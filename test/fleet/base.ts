import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { busyboxRecipe } from './base-busybox.js'
import { debianRecipe, type Release, releases } from './base-debian.js'
import { rpmRecipe } from './base-rpm.js'
import { basesFolder } from './places.js'

/** What a host can stand on: a Debian release, bookworm with dnf and git, or BusyBox and nothing else. */
export type BaseName = Release | 'rpm' | 'busybox'

/** How a base file system is made. */
export interface Recipe {
  /** The base that it takes files from. */
  readonly from?: BaseName
  /** All that decides what comes out: another text is another base. */
  readonly text: string
  /** Fills a folder that does not exist yet; `from` is the folder of the other base. */
  build(folder: string, from: string): Promise<void>
}

const recipes: Readonly<Record<BaseName, Recipe>> = {
  bullseye: debianRecipe('bullseye'),
  bookworm: debianRecipe('bookworm'),
  trixie: debianRecipe('trixie'),
  rpm: rpmRecipe,
  busybox: busyboxRecipe,
}

export const baseNames: readonly BaseName[] = [...releases, 'rpm', 'busybox']

/** The builds that this process has under way or done. */
const builds = new Map<BaseName, Promise<string>>()

/**
 * The folder of the base file system that this version of the recipe makes. Another recipe has another folder, so a base
 * is never changed under the hosts that stand on it.
 */
function baseFolder(name: BaseName): string {
  return join(basesFolder(), `${name}-${createHash('sha256').update(fullText(name)).digest('hex').slice(0, 12)}`)
}

function fullText(name: BaseName): string {
  const { text, from } = recipes[name]
  return from === undefined ? text : `${fullText(from)}${text}`
}

/** The base file system, if it has been built; undefined when the first lab must build it (about a minute). */
export function builtBase(name: BaseName): string | undefined {
  const folder = baseFolder(name)
  return existsSync(folder) ? folder : undefined
}

/**
 * The folder of a base file system, built first where it is missing. Two processes may build at once: the first to end wins.
 *
 * @throws {CommandFailed} when debootstrap cannot build it, for want of a network for instance.
 */
export function base(name: BaseName): Promise<string> {
  const ready = builtBase(name)
  if (ready !== undefined) return Promise.resolve(ready)
  const build = builds.get(name) ?? buildBase(name).finally(() => builds.delete(name))
  builds.set(name, build)
  return build
}

async function buildBase(name: BaseName): Promise<string> {
  const { from, build } = recipes[name]
  const source = from === undefined ? '' : await base(from)
  await mkdir(basesFolder(), { recursive: true })
  await removeAbandonedBuilds()
  const target = baseFolder(name)
  const folder = `${target}.build-${process.pid}`
  try {
    await build(folder, source)
    await rename(folder, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return target
}

/** Removes what builders that died left: their folder carries their pid. */
async function removeAbandonedBuilds(): Promise<void> {
  for (const name of await readdir(basesFolder())) {
    const pid = /\.build-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      await rm(join(basesFolder(), name), { recursive: true, force: true })
    }
  }
}
