import type { Ending, Tally } from '#health/endings'

/** What a bar is made of, from the bottom up. Trips under way are in no segment. */
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

/** A bar chart as numbers, in units in which the plot is `HEIGHT` high. */
export interface Chart {
  width: number
  height: number
  slotWidth: number
  barWidth: number
  /** The number of trips at the top; always even. */
  top: number
  bars: Bar[]
}

const HEIGHT = 100
const SLOT = 10
const BAR = 7
/* So that one failure among a thousand trips is still visible. */
const LEAST = 1.5

/** Stacks up how the trips of each bucket ended. */
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

/** Stacks parts on top of each other; the highest gives up what small ones got in excess. */
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

/**
 * The next of `TOPS`, or of their multiples by 10, 100 and so on, whose half is a whole
 * number of trips.
 */
export function roundUp(trips: number): number {
  for (let power = 1; ; power *= 10) {
    const top = TOPS.map((one) => one * power).find((one) => one >= trips && one % 2 === 0)
    if (top !== undefined) return top
  }
}

function tidy(value: number): number {
  return Math.round(value * 100) / 100
}
