export * as files from './files.js'
export * as server from './server.js'
