import { logReaders } from '#tests/support/secret_scan/sinks'

export interface LogLine {
  level: number
  msg: string
  [field: string]: unknown
}

/* In pino's numbering. */
const WARN = 40

/** The warnings, and worse, that the application logs while `work` runs. */
export async function warningsDuring(work: () => Promise<unknown>): Promise<LogLine[]> {
  const lines: LogLine[] = []
  const read = (text: string) => {
    lines.push(
      ...text
        .trim()
        .split('\n')
        .map((line): LogLine => JSON.parse(line))
    )
  }
  logReaders.add(read)
  await work().finally(() => logReaders.delete(read))
  return lines.filter(({ level }) => level >= WARN)
}
