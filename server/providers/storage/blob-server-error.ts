export type BlobServerProblem = 'Busy' | 'NotOpened' | 'FolderMissing' | 'Gone' | 'Stopped'

/** The account's server cannot be had. `Busy` and `NotOpened` may work when tried again. */
export class BlobServerError extends Error {
  override readonly name = 'BlobServerError'
  readonly problem: BlobServerProblem

  constructor(problem: BlobServerProblem, message: string) {
    super(message)
    this.problem = problem
  }
}
