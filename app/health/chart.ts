import type { Ending, Tally } from '#health/endings'

/** What a bar is stacked of, from the bottom. Trips under way are in none. */
const SEGMENTS = {
  finished: ['finished'],
  left: ['given_up', 'cancelled'],
  failed: ['failed'],
} as const satisfies Record<string, readonly Ending[]>

export type SegmentName = keyof typeof SEGMENTS

export interface Bar {
  /** The left edge of its slot. */
  slot: number
  x: number
  segments: { name: SegmentName; y: number; height: number }[]
}

/** A bar chart as numbers, in units of which the plot is `HEIGHT` high. */
export interface Chart {
  width: number
  height: number
  slotWidth: number
  barWidth: number
  /** The number of trips at the top; an even one. */
  top: number
  bars: Bar[]
}

const HEIGHT = 100
const SLOT = 10
const BAR = 7
/* So that one failure among a thousand trips is still seen. */
const LEAST = 1.5

/** Stacks what each bucket came to. */
export function chartOf(buckets: Tally[]): Chart {
  const counts = buckets.map(({ endings }) =>
    (Object.keys(SEGMENTS) as SegmentName[]).map((name) => ({
      name,
      trips: SEGMENTS[name].reduce((sum, ending) => sum + endings[ending], 0),
    }))
  )
  const highest = Math.max(
    0,
    ...counts.map((parts) => parts.reduce((sum, { trips }) => sum + trips, 0))
  )
  const top = roundUp(highest)
  return {
    width: SLOT * buckets.length,
    height: HEIGHT,
    slotWidth: SLOT,
    barWidth: BAR,
    top,
    bars: counts.map((parts, index) => ({
      slot: index * SLOT,
      x: index * SLOT + (SLOT - BAR) / 2,
      segments: stack(
        parts
          .filter(({ trips }) => trips > 0)
          .map(({ name, trips }) => ({
            name,
            height: Math.max((trips / top) * HEIGHT, LEAST),
          }))
      ),
    })),
  }
}

/** Sets parts on top of each other; what small ones got too much, the highest gives. */
function stack(parts: { name: SegmentName; height: number }[]): Bar['segments'] {
  const sum = parts.reduce((total, { height }) => total + height, 0)
  const highest = parts.toSorted((a, b) => b.height - a.height)[0]
  let bottom = HEIGHT
  return parts.map((part) => {
    const height = part === highest && sum > HEIGHT ? part.height - (sum - HEIGHT) : part.height
    bottom -= height
    return { name: part.name, y: tidy(bottom), height: tidy(height) }
  })
}

const TOPS = [2, 3, 4, 5, 6, 8, 10, 12, 16]

/** The next number of `TOPS`, or of their tenfold and so on, whose half is a number of trips too. */
export function roundUp(trips: number): number {
  for (let power = 1; ; power *= 10) {
    const top = TOPS.map((one) => one * power).find((one) => one >= trips && one % 2 === 0)
    if (top !== undefined) return top
  }
}

function tidy(value: number): number {
  return Math.round(value * 100) / 100
}
