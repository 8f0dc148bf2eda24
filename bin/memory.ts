/*
 * How this process collects garbage. Where a machine has much memory, V8 lets much garbage
 * pile up: twice what the application needs (docs/performance.md#memory). None of this
 * is a limit: who needs more gets more. Workers take it over from the first process, and
 * whoever chooses for themselves, by a flag or NODE_OPTIONS, is left alone.
 */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50']

const chosen = [...process.execArgv, process.env.NODE_OPTIONS].join(' ')
const isLeftAlone = process.connected || /semi-space|heap-growing|old-space/.test(chosen)

/* V8 takes these only when it starts; the program is replaced, its process id stays. */
if (!isLeftAlone) {
  const args = [...FLAGS, ...process.execArgv, ...process.argv.slice(1)]
  process.execve?.(process.execPath, [process.execPath, ...args], process.env)
}
