/** What happened in a run, in figures. */
export type Tally = {
  kills: number
  acknowledgedChanges: number
  acknowledgedUploads: number
  refused: number
  unanswered: number
  purges: number
  checkedBlobs: number
  checkedEvents: number
  rivalsRefused: number
}

export function newTally(): Tally {
  return {
    kills: 0,
    acknowledgedChanges: 0,
    acknowledgedUploads: 0,
    refused: 0,
    unanswered: 0,
    purges: 0,
    checkedBlobs: 0,
    checkedEvents: 0,
    rivalsRefused: 0,
  }
}

export function tallyText(tally: Tally): string {
  return Object.entries(tally)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
