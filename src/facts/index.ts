import type * as apk from './apk.js'
import type * as apt from './apt.js'
import type * as dnf from './dnf.js'
import type * as files from './files.js'
import type * as git from './git.js'
import type * as hardware from './hardware.js'
import type * as server from './server.js'
import type * as systemd from './systemd.js'

export * as apk from './apk.js'
export * as apt from './apt.js'
export * as dnf from './dnf.js'
export * as files from './files.js'
export * as git from './git.js'
export * as hardware from './hardware.js'
export * as server from './server.js'
export * as systemd from './systemd.js'

declare module '../engine/catalogue.js' {
  interface FactCatalogue {
    readonly apk: typeof apk
    readonly apt: typeof apt
    readonly dnf: typeof dnf
    readonly files: typeof files
    readonly git: typeof git
    readonly hardware: typeof hardware
    readonly server: typeof server
    readonly systemd: typeof systemd
  }
}
