/**
 * For tests of deploys, facts and operations: a fleet in memory that answers as you say.
 *
 * @module
 */
export type { FakeAnswer } from '../engine/connect/fake/host.js'
export { approveAll, declineAll } from '../engine/run/approval.js'
export { type DeployReport, type HostReport, runDeploy } from '../engine/run/deploy.js'
export { type FakeFleet, type FakeFleetOptions, fakeFleet } from './fake-fleet.js'
export { type Transcript, type TranscriptOptions, transcript } from './transcript.js'
