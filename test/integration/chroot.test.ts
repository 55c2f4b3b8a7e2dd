import { chmodSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import { closing, stdout } from '../fleet/link-to.js'
import { busyboxRoot, type Root } from '../fleet/roots.js'

const why = process.getuid?.() === 0 ? undefined : 'only root may enter another root file system'
if (why) test.skip(`the chroot connector: ${why}`)

describe.skipIf(why)('the chroot connector', () => {
  let root: Root
  beforeAll(async () => {
    root = await busyboxRoot()
  })
  afterAll(() => root?.remove())
  const linkTo = (folder?: string) =>
    closing(createLink({ name: 'image', settings: { connector: 'chroot', ...(folder ? { root: folder } : {}) } }))

  test('commands see the image and nothing of muster’s own environment', async () => {
    const link = linkTo(root.folder)
    process.env.MUSTER_TEST_SECRET = 'leaked'
    try {
      expect(await stdout(link, 'ls /; echo $HOME $USER; env | grep -c MUSTER; cat /etc/hostname 2>&1')).toMatch(
        /^bin\ndev\netc\nroot\ntmp\n\/root root\n0\ncat: /,
      )
    } finally {
      delete process.env.MUSTER_TEST_SECRET
    }
    expect(link.state).toBe('ready')
  })

  test('what cannot be entered is told in one sentence', async () => {
    const refused = async (folder: string | undefined, reason: string | RegExp) =>
      await expect(linkTo(folder).connect()).rejects.toThrow(reason)
    await refused(undefined, 'image: the chroot connector needs to know where: set root to the folder')
    await refused('/no/such', 'image: there is no folder /no/such to take for the root of a file system')
    const empty = mkdtempSync(join(tmpdir(), 'muster-empty-'))
    await refused(empty, `image: no /bin/sh runs in ${empty} (No such file or directory)`)
    rmSync(empty, { recursive: true })
    chmodSync(join(root.folder, 'bin/busybox'), 0o600)
    await refused(root.folder, `image: no /bin/sh runs in ${root.folder} (Permission denied)`)
    chmodSync(join(root.folder, 'bin/busybox'), 0o755)
    unlinkSync(join(root.folder, 'dev/null'))
    await refused(root.folder, `image: ${root.folder} has no /dev/null, which every command reads: mount a /dev there`)
  })
})
