/**
 * How far a host's clock is from ours, in milliseconds: ahead is positive. The host looked at it between the question and the
 * answer, so that what lies between those is no offset.
 *
 * @param clock seconds since 1970; whole seconds may be any part of a second later
 * @param asked when the question went out, milliseconds since the epoch
 * @param answered when the answer was here
 */
export function clockOffset(clock: number, asked: number, answered: number): number {
  const from = clock * 1000
  const until = Number.isInteger(clock) ? from + 999 : from
  if (until < asked) return until - asked
  return from > answered ? from - answered : 0
}

/** `+0.2 s` */
export const offsetText = (ms: number): string => `${ms < 0 ? '-' : '+'}${Math.abs(ms / 1000).toFixed(1)} s`
