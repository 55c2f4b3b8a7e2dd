export { packages } from './apt/packages.js'
export { restore } from './apt/transaction.js'
