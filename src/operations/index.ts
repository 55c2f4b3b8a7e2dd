export * as apt from './apt.js'
export * as files from './files.js'
export * as server from './server.js'
export * as systemd from './systemd.js'
