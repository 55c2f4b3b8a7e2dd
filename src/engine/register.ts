/**
 * Augmented by the declaration generated from your inventory (`muster.generated.d.ts`), so that the names of hosts, groups and data
 * complete and are checked. Without it, any name is accepted by the type checker and checked when it is used.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be augmented
export interface Register {}

type Registered<K extends string, Otherwise> = Register extends Readonly<Record<K, infer Value>> ? Value : Otherwise

export type HostName = Registered<'hosts', string>
export type GroupName = Registered<'groups', string>
export type HostData = Registered<'data', Readonly<Record<string, unknown>>>
