/** What a module must be handed instead of reaching for it. */
export type Forbidden = 'clock' | 'randomness' | 'timer' | 'environment' | 'console'

/** A file that may reach for what others are handed, and why. An entry that is not needed fails. */
export type Allowed = {
  readonly path: string
  readonly what: Forbidden
  readonly reason: string
}

export const allowed: readonly Allowed[] = [
  {
    path: 'bin/reprieve.js',
    what: 'console',
    reason: 'tells a person that no Node was found, before anything of ours can run',
  },
  {
    path: 'bin/launched.js',
    what: 'timer',
    reason: 'ends a program whose launcher is gone and that does not heed the request',
  },
  {
    path: 'testing/client.ts',
    what: 'timer',
    reason: 'polls work that a server does, as any client must',
  },
  {
    path: 'testing/client.ts',
    what: 'clock',
    reason: 'a token ends in real time, and whoever tests with us hands us no clock',
  },
  {
    path: 'testing/index.ts',
    what: 'timer',
    reason: 'looks whether another process has started',
  },
]
