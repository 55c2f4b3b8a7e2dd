import { statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { UsageError } from '../errors.js'

/**
 * Where the files of hosts go on this machine, so that no two go to one place. `{host}` in the path stands for the host's name;
 * without it, the name is added: `logs/` and a directory that is there get `NAME.HOST`, any other path becomes `PATH.HOST`.
 *
 * @param sources what is fetched from each host
 * @example
 * localPlaces(new Map([['web-1', '/etc/hosts']]), () => 'hosts', '/tmp', true) // web-1 → /tmp/hosts.web-1
 * @throws {UsageError} two hosts would write to the same place
 */
export function localPlaces(
  sources: ReadonlyMap<string, string>,
  given: (host: string) => string,
  directory: string,
  byHost: boolean,
): Map<string, string> {
  const places = new Map<string, string>()
  const owners = new Map<string, string>()
  for (const [host, source] of sources) {
    const place = localPlace(host, source, given(host), directory, byHost)
    const owner = owners.get(place)
    if (owner !== undefined)
      throw new UsageError(`${owner} and ${host} would both write to ${place}; let {host} stand in the path.`)
    owners.set(place, host)
    places.set(host, place)
  }
  return places
}

function localPlace(host: string, source: string, given: string, directory: string, byHost: boolean): string {
  const name = host.replaceAll('/', '_')
  const path = resolve(directory, given.replaceAll('{host}', name))
  const suffix = byHost && !given.includes('{host}') ? `.${name}` : ''
  const isDirectory = given.endsWith('/') || (byHost ? suffix !== '' && exists(path) : exists(path))
  return isDirectory ? join(path, `${basename(source) || 'root'}${suffix}`) : `${path}${suffix}`
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
