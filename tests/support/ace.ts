import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import app from '@adonisjs/core/services/app'
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

/**
 * Runs a command in this process, which spares it the seconds that an application needs to
 * start. Standard input and output are replaced meanwhile, so only one runs at a time. One
 * test of each command uses `ace`, to see that its process ends as it should.
 */
export async function aceHere(
  [name, ...args]: string[],
  input: string | Buffer = ''
): Promise<Finished> {
  registerLines(input.toString())
  const kernel = await app.container.make('ace')
  await kernel.boot()
  const printed: string[] = []
  const restore = takeOver(Readable.from([Buffer.from(input)]), printed)
  let code: number
  try {
    code = (await kernel.exec(name, args)).exitCode ?? 0
  } catch (error) {
    await kernel.errorHandler.render(error, kernel)
    code = 1
  } finally {
    restore()
    process.exitCode = undefined
  }
  const output = printed.join('')
  giveAway({ sink: 'command output', where: name }, output)
  return { code, output }
}

/** @returns what gives this process its own streams back */
function takeOver(input: Readable, printed: string[]) {
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!
  const { stdout, stderr } = process
  const writes = [stdout.write, stderr.write] as const
  Object.defineProperty(process, 'stdin', { configurable: true, value: input })
  stdout.write = stderr.write = (chunk: string | Uint8Array) => {
    printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    return true
  }
  return () => {
    Object.defineProperty(process, 'stdin', stdin)
    ;[stdout.write, stderr.write] = writes
  }
}
