import { local } from '../../src/engine/connect/local.js'
import { connectorContract } from '../contract/connector-contract.js'

connectorContract(
  'local',
  async () => ({ connector: local, endpoint: { name: 'me', settings: {} }, stop: async () => {} }),
  { signals: true, pty: process.platform === 'linux' },
)
