import { encode } from 'uqr'

/** A QR code as one SVG path inside a square; each module is one unit wide. */
export interface QrCode {
  /** Width and height in modules, without the surrounding quiet zone. */
  size: number
  path: string
}

/** Draws a text as a QR code that survives a scratch (15 %). */
export function qrCode(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'M', border: 0 })
  const runs = data.flatMap((row, y) =>
    darkRuns(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)
  )
  return { size, path: runs.join('') }
}

/** Runs of adjacent dark modules: the index of the first, and how many there are. */
function darkRuns(row: boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = []
  row.forEach((isDark, x) => {
    if (!isDark) return
    if (row[x - 1]) runs.at(-1)![1]++
    else runs.push([x, 1])
  })
  return runs
}
