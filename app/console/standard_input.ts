import { text } from 'node:stream/consumers'

/** The lines piped into this process, without their line ends. */
export async function linesFromStandardInput(): Promise<string[]> {
  return (await text(process.stdin)).replace(/^\ufeff/, '').split(/\r?\n/)
}
