/** What is said while a cell is being stopped. */
export const stoppingNotice = (cell: number | undefined): string =>
  cell === undefined ? 'Stopping …' : `Stopping cell ${cell} …`

/** Without that, once it has ended: how it ended stands with the cell. */
export const withoutStopping = (notice: string): string => (/^Stopping (?:cell \d+ )?…$/.test(notice) ? '' : notice)
