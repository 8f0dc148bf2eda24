import { decide } from '#trip/decide'
import { showCourse, showRequiredFields } from '#set_up/trial_report'
import type { TripOutcome, Visit } from '#trip/visit'

/**
 * Ends a trial: says what a sign-in would have come to, and does none of it. What it
 * has linked at the provider is ended there, unless it is some member's (`LetStrangerGo`).
 */
export class ReportTrial {
  async handle({ provider, profile, attempt }: Visit): Promise<TripOutcome> {
    const begun = performance.now()
    const course = await decide({ provider, profile, attempt })
    const ms = Math.round(performance.now() - begun)

    const { missing } = course
    attempt.missingFields = missing.length > 0 ? missing : null
    const failure = missing.length > 0 ? 'missing_fields' : null
    attempt.addStep({
      name: 'required_fields',
      ms: 0,
      result: failure ?? 'ok',
      found: showRequiredFields(provider.requiredFields, missing),
    })
    attempt.addStep({
      name: 'decision',
      ms,
      result: course.kind === 'refuse' ? course.failure : 'ok',
      found: showCourse(course),
    })

    /* Keys that work for a person who may not come in have passed all the same. */
    if (!failure) {
      await attempt.finish({ outcome: 'tried' })
      return { kind: 'tried' }
    }
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure }
  }
}
