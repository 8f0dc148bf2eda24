import { text } from 'node:stream/consumers'

/** The lines piped into this process, without their line endings. */
export async function linesFromStandardInput(): Promise<string[]> {
  const piped = await text(process.stdin)
  return piped.split(/\r?\n/)
}
