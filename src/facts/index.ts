import type * as apt from './apt.js'
import type * as files from './files.js'
import type * as hardware from './hardware.js'
import type * as server from './server.js'
import type * as systemd from './systemd.js'

export * as apt from './apt.js'
export * as files from './files.js'
export * as hardware from './hardware.js'
export * as server from './server.js'
export * as systemd from './systemd.js'

declare module '../engine/catalogue.js' {
  interface FactCatalogue {
    readonly apt: typeof apt
    readonly files: typeof files
    readonly hardware: typeof hardware
    readonly server: typeof server
    readonly systemd: typeof systemd
  }
}
