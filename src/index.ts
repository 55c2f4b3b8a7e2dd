/// <reference types="node" preserve="true" />
/**
 * muster as a library: fleets, facts, operations and inventories. What a notebook or a deploy imports.
 *
 * @module
 */
export {
  FileError,
  ForwardError,
  IdentityError,
  InterruptedError,
  MusterError,
  UnreachableError,
  UsageError,
} from './engine/errors.js'
export { type Fact, type FactOutput, type FactSpec, fact } from './engine/fact.js'
export type { Fleet, Host } from './engine/fleet/api.js'
export { CommandError, CommandResult } from './engine/fleet/command-result.js'
export { OperationResult } from './engine/fleet/operation-result.js'
export type { Options } from './engine/fleet/options.js'
export type { Outcome } from './engine/fleet/outcome.js'
export { type Group, Results } from './engine/fleet/results.js'
export { type Raw, raw } from './engine/fleet/template.js'
export { TransferResult } from './engine/fleet/transfer-result.js'
export type { Forward, ForwardCounts } from './engine/forward/forward.js'
export type { ForwardSpec, LocalForward, RemoteForward } from './engine/forward/spec.js'
export { type GroupSpec, type Guard, type HostSpec, type InventorySpec, inventory } from './engine/inventory/spec.js'
export { expandNames, foldNames } from './engine/nodeset/fold.js'
export { type Operation, type OperationSpec, operation, type PlanHost } from './engine/operation.js'
export { type Change, callOf, type OperationCall, type Prediction, predict, type Step } from './engine/plan/change.js'
export type { Diff } from './engine/plan/diff.js'
// by star, so that a declaration that augments 'muster' reaches it
export * from './engine/register.js'
export type { Deploy } from './engine/run/deploy.js'
export type { HostShellOptions } from './engine/run/shell.js'
export type { DownloadOptions, TransferProgress, UploadOptions } from './engine/run/transfer.js'
export { Secret } from './engine/secret.js'
export { secret } from './engine/secret-sources.js'
export type { InteractiveShell } from './engine/shell/interactive-shell.js'
export { quote } from './engine/shell/quote.js'
export * as facts from './facts/index.js'
export { Version } from './facts/version.js'
export { change } from './operations/change.js'
export * as operations from './operations/index.js'
