// Loaded ahead of the program when `reprieve.js` runs it on the locked Node: the program must not
// outlive its launcher. The kernel closes the channel even when the launcher is killed outright,
// and the program then ends as it would on SIGTERM.
const drainLimitMs = 12_000

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  // A program that does not heed the request has no one left who could end it.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), drainLimitMs).unref()
})
// The channel alone must not keep a finished program alive.
process.channel?.unref()
