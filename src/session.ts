/**
 * What the prompt binds by itself, for notebooks: types only, so that an editor checks and completes in a notebook what the
 * session ran. muster supplies the values when it runs one.
 *
 * @example
 * import { files, focus } from 'muster/session'
 * await files.line({ path: '/etc/ntp.conf', line: 'server ntp.example' })
 * @module
 */
import type { Fleet, GroupName, Host, HostName, raw as rawText } from './index.js'

/** All hosts of the inventory. */
export declare const fleet: Fleet
/** The hosts that bare `$`, `facts` and operations act on; set by `:focus`. */
export declare const focus: Fleet
/** The hosts marked in the hosts pane. */
export declare const sel: Fleet
/** Hosts that failed in the last cell that asked any. */
export declare const failed: Fleet
/** Hosts that the last cell that asked any changed. */
export declare const changed: Fleet
/** Hosts that could not be reached in the last cell that asked any. */
export declare const unreachable: Fleet

/** Runs a command on the focus; interpolated values are quoted. */
export declare const $: Fleet['$']
/** Facts of the focus. */
export declare const facts: Fleet['facts']
/** The members of a group. */
export declare function group(name: GroupName): Fleet
/** The hosts a pattern selects: `web-[1-9],!web-3,@db&@eu`. */
export declare function match(pattern: string): Fleet
/** One host. */
export declare function host(name: HostName): Host
/** Text put into a command as it is, without quoting. */
export declare const raw: typeof rawText

export declare const apk: Fleet['apk']
export declare const apt: Fleet['apt']
export declare const dnf: Fleet['dnf']
export declare const files: Fleet['files']
export declare const git: Fleet['git']
export declare const server: Fleet['server']
export declare const systemd: Fleet['systemd']
