import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { entryFile, projectRoot } from '#tests/support/servers/spawned_process'
import { giveAway, registerLines } from '#tests/support/secret_scan/sinks'

export interface Finished {
  code: number | null
  /** Everything it printed, to either stream. */
  output: string
}

/** Runs `node ace.js …` as its own process, on the tests' database. */
export async function ace(
  args: string[],
  input: string | Buffer = '',
  env: NodeJS.ProcessEnv = {}
): Promise<Finished> {
  const child = spawn(process.execPath, [...entryFile('console'), ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
  })
  registerLines(input.toString())
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  giveAway({ sink: 'command output', where: args[0] }, stdout + stderr)
  return { code: await ended, output: stdout + stderr }
}
