import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from '../fleet/command.js'
import { busyboxRoot, type Root } from '../fleet/roots.js'
import { type TinyApk, writeApkRepository } from './apk-repository.js'

/**
 * A root file system with BusyBox, an apk and a repository that it trusts.
 *
 * @param apk the program, with what it is linked with (ldd(1), which heeds LD_LIBRARY_PATH)
 * @param packages what it can install
 * @param installed what is installed, one after the other, as `apk add` has it
 */
export async function apkRoot(apk: string, packages: readonly TinyApk[], installed: readonly string[]): Promise<Root> {
  const root = await busyboxRoot()
  const at = (path: string): string => join(root.folder, path)
  for (const folder of ['etc/apk/keys', 'lib64', 'lib', 'sbin', 'srv', 'var/cache/apk']) {
    await mkdir(at(folder), { recursive: true })
  }
  await run('mknod', '-m', '666', at('dev/urandom'), 'c', '1', '9')
  await copyFile(apk, at('sbin/apk'))
  for (const [library] of (await run('ldd', apk)).matchAll(/\/\S+\.so\S*/g)) {
    await copyFile(library, at(join(/\/ld-linux/.test(library) ? 'lib64' : 'lib', basename(library))))
  }
  const arch = (await run(apk, '--print-arch')).trim()
  const key = await writeApkRepository(at('srv/packages'), apk, arch, packages)
  await writeFile(at(`etc/apk/keys/${key.name}`), key.text)
  await writeFile(at('etc/apk/repositories'), '/srv/packages\n')
  await run('chroot', root.folder, '/sbin/apk', 'add', '--initdb')
  for (const name of installed) await run('chroot', root.folder, '/sbin/apk', 'add', name)
  return root
}
