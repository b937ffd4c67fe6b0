/**
 * A bounded number of places, first come first served. `free` is asked for one more place when the
 * line is not empty: it may close something idle, and calls `leave` when that is gone.
 */
export type Slots = {
  /** Resolves when there is a place; false when there was none within `limitMs`. */
  readonly enter: (limitMs: number) => Promise<boolean>
  readonly leave: () => void
  readonly waiting: () => number
}

export function createSlots(places: number, free: () => void): Slots {
  const line: (() => void)[] = []
  let taken = 0

  const enter = (limitMs: number): Promise<boolean> => {
    if (taken < places && line.length === 0) {
      taken += 1
      return Promise.resolve(true)
    }
    const entered = new Promise<boolean>((resolve) => {
      const admit = (): void => {
        clearTimeout(timer)
        resolve(true)
      }
      // A real timer: it bounds a wait in this process.
      const timer = setTimeout(() => {
        line.splice(line.indexOf(admit), 1)
        resolve(false)
      }, limitMs)
      line.push(admit)
    })
    free()
    return entered
  }

  const leave = (): void => {
    const next = line.shift()
    // The place goes straight to the next in line, so nobody can slip in between.
    if (next === undefined) taken -= 1
    else next()
  }
  return { enter, leave, waiting: () => line.length }
}
