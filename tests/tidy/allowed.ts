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
  {
    path: 'server/database/postgres-wakes.ts',
    what: 'timer',
    reason: 'connects again after a pause when the listening connection broke',
  },
  {
    path: 'server/database/template.ts',
    what: 'timer',
    reason: 'looks whether another process has made the template',
  },
  {
    path: 'server/database/transactions.ts',
    what: 'timer',
    reason: 'pauses between attempts and limits how long a transaction is open',
  },
  {
    path: 'server/effects/watch.ts',
    what: 'timer',
    reason: 'bounds how long a request waits for the real thing',
  },
  {
    path: 'server/hosts/barrier.ts',
    what: 'timer',
    reason: 'waits out a host that does not answer',
  },
  {
    path: 'server/installation/listen.ts',
    what: 'timer',
    reason: 'ends connections that outlast the draining',
  },
  {
    path: 'server/node.ts',
    what: 'timer',
    reason: 'says from time to time that the node is there',
  },
  {
    path: 'server/providers/storage/account-server.ts',
    what: 'timer',
    reason: 'closes a storage server that nobody uses',
  },
  {
    path: 'server/providers/storage/blob-server-process.ts',
    what: 'timer',
    reason: 'bounds how long a child takes to start and to end',
  },
  {
    path: 'server/providers/storage/blob-server-slots.ts',
    what: 'timer',
    reason: 'bounds how long a call waits for a free place',
  },
  {
    path: 'server/providers/storage/blob-server-start.ts',
    what: 'timer',
    reason: 'looks whether the folder of a child that is ending is free',
  },
  {
    path: 'server/providers/storage/gateway-errors.ts',
    what: 'timer',
    reason: 'bounds how long a refused upload is read to its end',
  },
  {
    path: 'server/providers/storage/gateway-gate.ts',
    what: 'timer',
    reason: 'ends a write that passes its commit limit',
  },
  {
    path: 'server/providers/storage/write-turns.ts',
    what: 'timer',
    reason: 'bounds how long a writer waits for its turn',
  },
  {
    path: 'server/work/worker.ts',
    what: 'timer',
    reason: 'looks for work that nobody announced, and renews leases',
  },
  {
    path: 'bench/invoices.ts',
    what: 'timer',
    reason: 'looks at how much memory is in use',
  },
  {
    path: 'tests/postgres/cluster.ts',
    what: 'timer',
    reason: 'looks whether a database server has started or ended',
  },
  {
    path: 'tests/kill/pause.ts',
    what: 'timer',
    reason: 'looks at processes that are killed and started: none of them tells when it changes',
  },
]
