import { decide } from '#trip/decide'
import { showCourse, showRequiredFields } from '#trip/trial_report'
import type { TripOutcome, Visit } from '#trip/visit'

/**
 * Ends a trial: reports what a sign-in would have come to, and does none of it. The
 * link that it made at the provider is ended there, unless it belongs to a member
 * (`LetStrangerGo`).
 */
export class ReportTrial {
  async handle({ provider, profile, attempt, site, browserHash }: Visit): Promise<TripOutcome> {
    const begun = performance.now()
    const course = await decide({ provider, profile, attempt, site, browserHash })
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

    /* Keys that work have passed, even if this person may not come in. */
    if (!failure) {
      await attempt.finish({ outcome: 'tried' })
      return { kind: 'tried' }
    }
    await attempt.finish({ outcome: 'failed', failure })
    return { kind: 'failed', failure }
  }
}
