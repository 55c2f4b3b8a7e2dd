import { describe, expect, test } from 'vitest'
import { type OsSources, readOs } from './os-release.js'

const read = (sources: Partial<OsSources>) => {
  const nothing = { kernel: 'Linux', kernelRelease: '6.1.0', osRelease: '', debianVersion: '', redhatRelease: '' }
  const { version, ...os } = readOs({ ...nothing, ...sources })
  return { ...os, version: version.text }
}

const debian = (id: string, rest: string) =>
  `PRETTY_NAME="Debian GNU/Linux ${id}"\nNAME="Debian GNU/Linux"\nID=debian\n${rest}`

describe('readOs', () => {
  test.each<[string, Partial<OsSources>, object]>([
    [
      'Debian tells its point release apart',
      {
        osRelease: debian('12 (bookworm)', 'VERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\n'),
        debianVersion: '12.9\n',
      },
      {
        id: 'debian',
        version: '12.9',
        codename: 'bookworm',
        family: 'debian',
        pretty: 'Debian GNU/Linux 12 (bookworm)',
      },
    ],
    [
      'Debian unstable has no number',
      { osRelease: debian('trixie/sid', 'VERSION_CODENAME=trixie\n'), debianVersion: 'trixie/sid\n' },
      { version: 'trixie/sid', codename: 'trixie' },
    ],
    [
      'Ubuntu is not misled by the Debian it comes from',
      {
        osRelease:
          'NAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.3 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n',
        debianVersion: 'bookworm/sid\n',
      },
      { id: 'ubuntu', version: '22.04', family: 'debian', like: ['debian'], codename: 'jammy' },
    ],
    [
      'Alpine',
      { osRelease: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n' },
      { id: 'alpine', version: '3.19.1', family: 'alpine' },
    ],
    [
      'CentOS 7 tells its point release in redhat-release',
      {
        osRelease: 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
        redhatRelease: 'CentOS Linux release 7.9.2009 (Core)\n',
      },
      { id: 'centos', version: '7.9.2009', codename: 'Core', family: 'rhel', like: ['rhel', 'fedora'] },
    ],
    [
      'CentOS 6 has no os-release',
      { redhatRelease: 'CentOS release 6.10 (Final)\n' },
      { id: 'centos', name: 'CentOS', version: '6.10', codename: 'Final', family: 'rhel', pretty: 'CentOS 6.10' },
    ],
    [
      'Rocky',
      {
        osRelease:
          'NAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n',
        redhatRelease: 'Rocky Linux release 9.3 (Blue Onyx)\n',
      },
      { id: 'rocky', version: '9.3', family: 'rhel', codename: 'Blue Onyx' },
    ],
    [
      'Arch rolls',
      { osRelease: 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n' },
      { id: 'arch', version: 'rolling', family: 'arch' },
    ],
    [
      'openSUSE',
      {
        osRelease:
          'NAME="openSUSE Leap"\nVERSION="15.5"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\n',
      },
      { id: 'opensuse-leap', version: '15.5', family: 'suse' },
    ],
    [
      'FreeBSD',
      {
        kernel: 'FreeBSD',
        kernelRelease: '14.0-RELEASE-p5',
        osRelease:
          'NAME=FreeBSD\nVERSION="14.0-RELEASE-p5"\nVERSION_ID="14.0"\nID=freebsd\nPRETTY_NAME="FreeBSD 14.0-RELEASE-p5"\n',
      },
      { id: 'freebsd', version: '14.0', family: 'freebsd' },
    ],
    [
      'an older FreeBSD has its kernel only',
      { kernel: 'FreeBSD', kernelRelease: '11.4-RELEASE' },
      { id: 'freebsd', name: 'FreeBSD', version: '11.4-RELEASE', family: 'freebsd', pretty: 'FreeBSD 11.4-RELEASE' },
    ],
    [
      'quotes and escapes are taken off',
      { osRelease: `NAME='It'\nID=x\nPRETTY_NAME="a \\"b\\" \\$c"\n` },
      { name: 'It', pretty: 'a "b" $c' },
    ],
  ])('%s', (_, sources, expected) => {
    expect(read(sources)).toMatchObject(expected)
  })
})
