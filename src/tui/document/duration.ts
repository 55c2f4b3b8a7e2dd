/** A duration as people say it: `4 ms`, `0.04 s`, `12.3 s`, `2 min 05 s`. */
export function durationText(ms: number): string {
  if (ms < 10) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 1000) return `${(ms / 1000).toFixed(2)} s`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
