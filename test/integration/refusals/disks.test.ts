import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkTo, stdout } from '../../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../../fleet/sshd.js'

/** Files that cannot be written: nothing half-written is left, and the sentence says why. */

const why = sshdMissing() ?? (process.getuid?.() === 0 ? undefined : 'mounting needs root')
if (why) test.skip(`full and read-only disks: ${why}`)

const BIG = Buffer.alloc(600_000, 7)

describe.skipIf(why)('a file system', () => {
  let sshd: Sshd
  let small = ''
  let fixed = ''
  beforeAll(async () => {
    sshd = await startSshd({
      mounts: [
        'mkdir "$FOLDER/small" "$FOLDER/fixed"',
        'mount -t tmpfs -o size=256k tmpfs "$FOLDER/small"',
        'echo as it was > "$FOLDER/small/file"',
        'echo as it was > "$FOLDER/fixed/file"',
        'mount --bind "$FOLDER/fixed" "$FOLDER/fixed"',
        'mount -o remount,bind,ro "$FOLDER/fixed"',
      ].join('\n'),
    })
    small = join(sshd.folder, 'small')
    fixed = join(sshd.folder, 'fixed')
  })
  afterAll(async () => {
    await sshd?.stop()
  })

  test('that is full refuses a file in one sentence, keeps the one that was there, and takes one that fits', async () => {
    const link = linkTo(sshd)
    await expect(link.write(`${small}/file`, BIG)).rejects.toThrow(`web-1: ${small}/file: no space left on the device`)
    await expect(link.write(`${small}/new`, BIG)).rejects.toThrow('no space left on the device')
    expect(await stdout(link, `ls -A ${small}; cat ${small}/file`)).toBe('file\nas it was\n')
    await link.write(`${small}/file`, Buffer.from('shorter\n'))
    expect((await link.read(`${small}/file`)).toString()).toBe('shorter\n')
  })

  test('that is full does not keep commands from running, and says so to those that write', async () => {
    const link = linkTo(sshd)
    const { exitCode, stderr } = await link.run(
      `head -c 600000 /dev/zero > ${small}/zeros; code=$?; rm -f ${small}/zeros; exit $code`,
    )
    expect([exitCode, stderr.toString()]).toEqual([1, expect.stringMatching(/No space left on device/)])
    expect(await stdout(link, 'echo goes on')).toBe('goes on\n')
  })

  test('that is read-only refuses a file in one sentence', async () => {
    const link = linkTo(sshd)
    await expect(link.write(`${fixed}/file`, Buffer.from('other\n'))).rejects.toThrow(
      `web-1: ${fixed}/file: the file system is read-only`,
    )
    expect((await link.read(`${fixed}/file`)).toString()).toBe('as it was\n')
    expect(readdirSync(fixed)).toEqual(['file'])
  })
})
